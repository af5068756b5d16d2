/** The use case that assigns a category to a task. */
import { Effect, Schema } from "effect"
import { UserId } from "../../domain/accounts/UserId.ts"
import { CategoryId } from "../../domain/categories/CategoryId.ts"
import { AcceptedVersions } from "../../domain/shared/Version.ts"
import { assignCategory as assign, expectVersion } from "../../domain/tasks/Task.ts"
import { TaskId } from "../../domain/tasks/TaskId.ts"
import { CategoryRepository } from "../categories/CategoryRepository.ts"
import { failIfNotOwner as orNotOwnerOfCategory } from "../categories/NotOwner.ts"
import { now } from "../shared/Now.ts"
import { failIfNotOwner } from "./NotOwner.ts"
import { retryOnConflict } from "./RetryOnConflict.ts"
import { TaskRepository } from "./TaskRepository.ts"

export const AssignCategory = Schema.Struct({
  userId: UserId,
  taskId: TaskId,
  categoryId: CategoryId,
  /** Any version by default. */
  version: Schema.optional(AcceptedVersions),
})
export interface AssignCategory extends Schema.Schema.Type<typeof AssignCategory> {}

/** Assigns one of the user's categories to one of the user's tasks, if the caller accepts the task's version. */
export const assignCategory = Effect.fn("assignCategory")(function* (command: AssignCategory) {
  const tasks = yield* TaskRepository
  const categories = yield* CategoryRepository
  const accepted = command.version ?? "any"
  return yield* retryOnConflict(accepted, (get) =>
    Effect.gen(function* () {
      const before = yield* failIfNotOwner(get(command.userId, command.taskId))
      const category = yield* orNotOwnerOfCategory(categories.get(command.userId, command.categoryId))
      yield* Effect.fromResult(expectVersion(before, accepted))
      const after = yield* Effect.fromResult(assign(before, category, yield* now))
      yield* tasks.update(before, after)
      return after
    }),
  )
})
