/** The use case that creates a task. */
import { Effect, Schema } from "effect"
import { UserId } from "../../domain/accounts/UserId.ts"
import { CategoryId } from "../../domain/categories/CategoryId.ts"
import { Timestamp } from "../../domain/shared/Timestamp.ts"
import { checkDueDate, create, TaskDescription, TaskPriority, TaskStatus, TaskTitle } from "../../domain/tasks/Task.ts"
import { TaskId } from "../../domain/tasks/TaskId.ts"
import { getOwnCategories } from "../categories/NotOwner.ts"
import { IdGenerator } from "../shared/IdGenerator.ts"
import { now } from "../shared/Now.ts"
import { TaskRepository } from "./TaskRepository.ts"

export const CreateTask = Schema.Struct({
  userId: UserId,
  title: TaskTitle,
  description: Schema.optional(Schema.NullOr(TaskDescription)),
  priority: Schema.optional(TaskPriority),
  dueDate: Schema.optional(Schema.NullOr(Timestamp)),
  /** Pending by default. */
  status: Schema.optional(TaskStatus),
  /** The user's own categories. */
  categoryIds: Schema.optional(Schema.Array(CategoryId)),
})
export interface CreateTask extends Schema.Schema.Type<typeof CreateTask> {}

/** Creates a task with its categories for the user, all of it or nothing. */
export const createTask = Effect.fn("createTask")(function* ({ categoryIds = [], userId, ...wanted }: CreateTask) {
  const tasks = yield* TaskRepository
  const ids = yield* IdGenerator
  const at = yield* now
  // An invalid value is reported before a missing category.
  yield* Effect.fromResult(checkDueDate(wanted.dueDate, at))
  const categories = categoryIds.length === 0 ? [] : yield* getOwnCategories(userId, categoryIds)
  const id = yield* ids.next(TaskId)
  const task = yield* Effect.fromResult(create(id, userId, { ...wanted, categories }, at))
  yield* tasks.insert(task)
  return task
})
