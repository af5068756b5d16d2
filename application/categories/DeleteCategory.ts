/** The use case that deletes a category. */
import { Effect, Schema } from "effect"
import { UserId } from "../../domain/accounts/UserId.ts"
import * as Category from "../../domain/categories/Category.ts"
import { CategoryId } from "../../domain/categories/CategoryId.ts"
import { AcceptedVersions } from "../../domain/shared/Version.ts"
import { explainCategoryConflict } from "../changes/ExplainConflict.ts"
import { lockFirst } from "../changes/LockFirst.ts"
import { writeWithResult } from "../changes/Mutation.ts"
import { now } from "../shared/Now.ts"
import { useCase } from "../shared/UseCase.ts"
import { failIfNotCategoryOwner } from "./CategoryOwner.ts"
import { CategoryRepository } from "./CategoryRepository.ts"

export const DeleteCategory = Schema.Struct({
  userId: UserId,
  categoryId: CategoryId,
  /** Any version by default. */
  version: Schema.optional(AcceptedVersions),
})
export interface DeleteCategory extends Schema.Schema.Type<typeof DeleteCategory> {}

/**
 * Deletes the user's category if the caller accepts its version, so that no task shows it, and returns it as it was. It
 * stays stored with its assignments, so that it can be restored.
 */
export const deleteCategory = useCase("deleteCategory")(function* (command: DeleteCategory) {
  const { categoryId, userId, version: accepted = "any" } = command
  const categories = yield* CategoryRepository
  const at = yield* now
  const deleted = failIfNotCategoryOwner(writeWithResult(undefined, categories.delete(userId, categoryId, at)))
  if (accepted === "any") return yield* deleted
  const checked = Effect.gen(function* () {
    const category = yield* failIfNotCategoryOwner(categories.get(userId, categoryId))
    yield* Effect.fromResult(Category.expectVersion(category, accepted))
    return yield* deleted
  })
  return yield* explainCategoryConflict(userId, { accepted, patch: {} }, lockFirst(userId, checked))
})
