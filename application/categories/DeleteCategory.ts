/** The use case that deletes a category. */
import { Effect, Schema } from "effect"
import { UserId } from "../../domain/accounts/UserId.ts"
import { CategoryId } from "../../domain/categories/CategoryId.ts"
import { failIfNotCategoryOwner } from "./CategoryOwner.ts"
import { CategoryRepository } from "./CategoryRepository.ts"

export const DeleteCategory = Schema.Struct({ userId: UserId, categoryId: CategoryId })
export interface DeleteCategory extends Schema.Schema.Type<typeof DeleteCategory> {}

/** Deletes the user's category and removes it from the user's tasks. Returns it as it was. */
export const deleteCategory = Effect.fn("deleteCategory")(function* (command: DeleteCategory) {
  const categories = yield* CategoryRepository
  return yield* failIfNotCategoryOwner(categories.delete(command.userId, command.categoryId))
})
