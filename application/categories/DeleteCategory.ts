/** The use case that deletes a category. */
import { Effect, Schema } from "effect"
import { UserId } from "../../domain/accounts/UserId.ts"
import { CategoryId } from "../../domain/categories/CategoryId.ts"
import { writeWithResult } from "../changes/Mutation.ts"
import { now } from "../shared/Now.ts"
import { failIfNotCategoryOwner } from "./CategoryOwner.ts"
import { CategoryRepository } from "./CategoryRepository.ts"

export const DeleteCategory = Schema.Struct({ userId: UserId, categoryId: CategoryId })
export interface DeleteCategory extends Schema.Schema.Type<typeof DeleteCategory> {}

/**
 * Deletes the user's category, so that no task shows it, and returns it as it was. It stays stored with its assignments,
 * so that it can be restored.
 */
export const deleteCategory = Effect.fn("deleteCategory")(function* (command: DeleteCategory) {
  const categories = yield* CategoryRepository
  const deleted = categories.delete(command.userId, command.categoryId, yield* now)
  return yield* failIfNotCategoryOwner(writeWithResult(undefined, deleted))
})
