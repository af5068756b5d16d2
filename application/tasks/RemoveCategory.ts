import { Effect, Schema } from "effect"
import { UserId } from "../../domain/accounts/UserId.ts"
import { CategoryId } from "../../domain/categories/CategoryId.ts"
import { AcceptedVersions } from "../../domain/shared/Version.ts"
import { expectVersion, removeCategory as remove } from "../../domain/tasks/Task.ts"
import { TaskId } from "../../domain/tasks/TaskId.ts"
import { CategoryRepository } from "../categories/CategoryRepository.ts"
import { failIfNotOwner as orNotOwnerOfCategory } from "../categories/NotOwner.ts"
import { now } from "../shared/Now.ts"
import { failIfNotOwner } from "./NotOwner.ts"
import { retryOnConflict } from "./RetryOnConflict.ts"
import { TaskRepository } from "./TaskRepository.ts"

export const RemoveCategory = Schema.Struct({
  userId: UserId,
  taskId: TaskId,
  categoryId: CategoryId,
  /** Any version by default. */
  version: Schema.optional(AcceptedVersions),
})
export interface RemoveCategory extends Schema.Schema.Type<typeof RemoveCategory> {}

/** Takes a category off one of the user's tasks, if the task has a version that the caller accepts. */
export const removeCategory = Effect.fn("removeCategory")(function* (command: RemoveCategory) {
  const tasks = yield* TaskRepository
  const categories = yield* CategoryRepository
  const accepted = command.version ?? "any"
  yield* retryOnConflict(accepted, (get) =>
    Effect.gen(function* () {
      const before = yield* failIfNotOwner(get(command.userId, command.taskId))
      yield* orNotOwnerOfCategory(categories.get(command.userId, command.categoryId))
      // A category that the task does not have is not found, and what does not exist comes before a stale version.
      const after = yield* Effect.fromResult(remove(before, command.categoryId, yield* now))
      yield* Effect.fromResult(expectVersion(before, accepted))
      // No category is added, so none can be missing.
      yield* Effect.catchTag(tasks.update(before, after), "CategoryNotFound", Effect.die)
    }),
  )
})
