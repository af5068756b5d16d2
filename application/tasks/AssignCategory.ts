/** The use case that assigns a category to a task. */
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

export const AssignCategory = Schema.Struct({
  userId: UserId,
  taskId: TaskId,
  categoryId: CategoryId,
  /** Any version by default. */
  version: Schema.optional(AcceptedVersions),
})
export interface AssignCategory extends Schema.Schema.Type<typeof AssignCategory> {}

/** Assigns one of the user's categories to one of the user's tasks, if the caller accepts the task's version. */
export const assignCategory = useCase("assignCategory")(function* (command: AssignCategory) {
  const tasks = yield* TaskRepository
  const categories = yield* CategoryRepository
  const accepted = command.version ?? "any"
  const written = retryOnConflict(accepted, (get) =>
    Effect.gen(function* () {
      const before = yield* failIfNotTaskOwner(command.userId, get(command.userId, command.taskId))
      const category = yield* failIfNotCategoryOwner(categories.get(command.userId, command.categoryId))
      yield* Effect.fromResult(Task.expectVersion(before, accepted))
      const after = yield* Effect.fromResult(Task.assignCategory(before, category, yield* now))
      yield* writeWithResult(after, tasks.update(before, after))
      return after
    }),
  )
  return yield* explainTaskConflict(command.userId, { accepted, patch: {} }, written)
})
