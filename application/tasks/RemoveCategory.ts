import { Effect, Schema } from "effect"
import { UserId } from "../../domain/accounts/UserId.ts"
import { CategoryId } from "../../domain/categories/CategoryId.ts"
import { removeCategory as remove } from "../../domain/tasks/Task.ts"
import { TaskId } from "../../domain/tasks/TaskId.ts"
import { CategoryRepository } from "../categories/CategoryRepository.ts"
import { orNotOwner as orNotOwnerOfCategory } from "../categories/OwnCategory.ts"
import { now } from "../shared/Now.ts"
import { orNotOwner } from "./OwnTask.ts"
import { TaskRepository } from "./TaskRepository.ts"
import { changeUnversioned } from "./UnversionedChange.ts"

export const RemoveCategory = Schema.Struct({ userId: UserId, taskId: TaskId, categoryId: CategoryId })
export interface RemoveCategory extends Schema.Schema.Type<typeof RemoveCategory> {}

/** Takes a category off one of the user's tasks. */
export const removeCategory = Effect.fn("removeCategory")(function* (command: RemoveCategory) {
  const tasks = yield* TaskRepository
  const categories = yield* CategoryRepository
  yield* changeUnversioned((get) =>
    Effect.gen(function* () {
      const before = yield* orNotOwner(get(command.userId, command.taskId))
      yield* orNotOwnerOfCategory(categories.get(command.userId, command.categoryId))
      const after = yield* Effect.fromResult(remove(before, command.categoryId, yield* now))
      // No category is added, so none can be missing.
      yield* Effect.catchTag(tasks.update(before, after), "CategoryNotFound", Effect.die)
    }),
  )
})
