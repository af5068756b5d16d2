/** The use case that creates a task. */
import { Effect, Schema } from "effect"
import { UserId } from "../../domain/accounts/UserId.ts"
import { CategoryId } from "../../domain/categories/CategoryId.ts"
import * as Task from "../../domain/tasks/Task.ts"
import { NewTaskFields } from "../../domain/tasks/TaskFields.ts"
import { TaskId } from "../../domain/tasks/TaskId.ts"
import { getOwnCategories } from "../categories/CategoryOwner.ts"
import { writeWithResult } from "../changes/Mutation.ts"
import { IdGenerator } from "../shared/IdGenerator.ts"
import { now } from "../shared/Now.ts"
import { useCase } from "../shared/UseCase.ts"
import { TaskRepository } from "./TaskRepository.ts"

export const CreateTask = Schema.Struct({
  ...NewTaskFields.fields,
  userId: UserId,
  /** The user's own categories. */
  categoryIds: Schema.optional(Schema.Array(CategoryId)),
})
export interface CreateTask extends Schema.Schema.Type<typeof CreateTask> {}

/** Creates a task with its categories for the user, all of it or nothing. */
export const createTask = useCase("createTask")(function* ({ categoryIds = [], userId, ...fields }: CreateTask) {
  const tasks = yield* TaskRepository
  const ids = yield* IdGenerator
  const at = yield* now
  // An invalid value is reported before a missing category.
  yield* Effect.fromResult(Task.checkDueDate(fields.dueDate, at))
  const categories = categoryIds.length === 0 ? [] : yield* getOwnCategories(userId, categoryIds)
  const task = yield* Effect.fromResult(Task.create(yield* ids.next(TaskId), userId, { ...fields, categories }, at))
  yield* writeWithResult(task, tasks.insert(task))
  return task
})
