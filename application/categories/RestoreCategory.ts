/** The use case that restores a deleted category. */
import { Effect, Schema } from "effect"
import { UserId } from "../../domain/accounts/UserId.ts"
import * as Category from "../../domain/categories/Category.ts"
import { CategoryId } from "../../domain/categories/CategoryId.ts"
import { NotDeleted } from "../../domain/shared/NotDeleted.ts"
import { AcceptedVersions } from "../../domain/shared/Version.ts"
import { explainCategoryConflict } from "../changes/ExplainConflict.ts"
import { lockFirst } from "../changes/LockFirst.ts"
import { writeWithResult } from "../changes/Mutation.ts"
import { now } from "../shared/Now.ts"
import { useCase } from "../shared/UseCase.ts"
import { failIfNotCategoryOwner } from "./CategoryOwner.ts"
import { CategoryRepository } from "./CategoryRepository.ts"

export const RestoreCategory = Schema.Struct({
  userId: UserId,
  categoryId: CategoryId,
  /** Any version by default. */
  version: Schema.optional(AcceptedVersions),
})
export interface RestoreCategory extends Schema.Schema.Type<typeof RestoreCategory> {}

/**
 * Restores a category that the user deleted, if the caller accepts its version. The tasks that it was assigned to show it
 * again. Fails with `NotDeleted` if the user has it already.
 */
export const restoreCategory = useCase("restoreCategory")(function* (command: RestoreCategory) {
  const { categoryId, userId, version: accepted = "any" } = command
  const categories = yield* CategoryRepository
  const at = yield* now
  const failUnlessDeleted = Effect.flatMap(failIfNotCategoryOwner(categories.get(userId, categoryId)), () =>
    Effect.fail(new NotDeleted({ resource: "category" })),
  )
  const restore = Effect.gen(function* () {
    const deleted = yield* Effect.catchTag(
      categories.getDeleted(userId, categoryId),
      "CategoryNotFound",
      () => failUnlessDeleted,
    )
    yield* Effect.fromResult(Category.expectVersion(deleted.category, accepted))
    const restored = Category.restore(deleted, at)
    yield* writeWithResult(restored, categories.restore(deleted, restored))
    return restored
  })
  return yield* explainCategoryConflict(userId, { accepted, patch: {} }, lockFirst(userId, restore))
})
