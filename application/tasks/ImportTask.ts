/** The use case that imports a task from another system. */
import { Effect, Schema } from "effect"
import { UserId } from "../../domain/accounts/UserId.ts"
import { CategoryId } from "../../domain/categories/CategoryId.ts"
import { Timestamp } from "../../domain/shared/Timestamp.ts"
import { TaskFields } from "../../domain/tasks/TaskFields.ts"
import { TaskId } from "../../domain/tasks/TaskId.ts"
import * as TaskImport from "../../domain/tasks/TaskImport.ts"
import { getOwnCategories } from "../categories/CategoryOwner.ts"
import { writeWithResult } from "../changes/Mutation.ts"
import { IdGenerator } from "../shared/IdGenerator.ts"
import { now } from "../shared/Now.ts"
import { useCase } from "../shared/UseCase.ts"
import { TaskRepository } from "./TaskRepository.ts"

export const ImportTask = Schema.Struct({
  ...TaskFields.fields,
  userId: UserId,
  createdAt: Schema.optional(Timestamp),
  categoryIds: Schema.Array(CategoryId),
})
export interface ImportTask extends Schema.Schema.Type<typeof ImportTask> {}

/** Creates a task from another system with its status and categories, all of it or nothing. */
export const importTask = useCase("importTask")(function* ({ categoryIds, userId, ...input }: ImportTask) {
  const tasks = yield* TaskRepository
  const ids = yield* IdGenerator
  const at = yield* now
  const id = yield* ids.next(TaskId)
  const categories = categoryIds.length === 0 ? [] : yield* getOwnCategories(userId, categoryIds)
  const task = yield* Effect.fromResult(TaskImport.createImported(id, userId, input, categories, at))
  yield* writeWithResult(task, tasks.insert(task))
  return task
})
