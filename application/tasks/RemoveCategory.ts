/** The use case that removes a category from a task. */
import { Effect, Schema } from "effect"
import { UserId } from "../../domain/accounts/UserId.ts"
import { CategoryId } from "../../domain/categories/CategoryId.ts"
import { AcceptedVersions } from "../../domain/shared/Version.ts"
import * as Task from "../../domain/tasks/Task.ts"
import { TaskId } from "../../domain/tasks/TaskId.ts"
import { failIfNotCategoryOwner } from "../categories/CategoryOwner.ts"
import { CategoryRepository } from "../categories/CategoryRepository.ts"
import { explainTaskConflict } from "../changes/ExplainConflict.ts"
import { writeWithResult } from "../changes/Mutation.ts"
import { now } from "../shared/Now.ts"
import { useCase } from "../shared/UseCase.ts"
import { retryOnConflict } from "./RetryOnConflict.ts"
import { failIfNotTaskOwner } from "./TaskOwner.ts"
import { TaskRepository } from "./TaskRepository.ts"

export const RemoveCategory = Schema.Struct({
  userId: UserId,
  taskId: TaskId,
  categoryId: CategoryId,
  /** Any version by default. */
  version: Schema.optional(AcceptedVersions),
})
export interface RemoveCategory extends Schema.Schema.Type<typeof RemoveCategory> {}

/** Removes a category from one of the user's tasks, if the caller accepts the task's version. */
export const removeCategory = useCase("removeCategory")(function* (command: RemoveCategory) {
  const tasks = yield* TaskRepository
  const categories = yield* CategoryRepository
  const accepted = command.version ?? "any"
  const written = retryOnConflict(accepted, (get) =>
    Effect.gen(function* () {
      const before = yield* failIfNotTaskOwner(command.userId, get(command.userId, command.taskId))
      yield* failIfNotCategoryOwner(categories.get(command.userId, command.categoryId))
      // A category that is not assigned counts as not found. Not found is reported before a version conflict.
      const after = yield* Effect.fromResult(Task.removeCategory(before, command.categoryId, yield* now))
      yield* Effect.fromResult(Task.expectVersion(before, accepted))
      // This adds no category, so none can be missing.
      yield* Effect.catchTag(writeWithResult(undefined, tasks.update(before, after)), "CategoryNotFound", Effect.die)
    }),
  )
  yield* explainTaskConflict(command.userId, { accepted, patch: {} }, written)
})
