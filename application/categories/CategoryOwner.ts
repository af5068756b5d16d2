/** Ownership checks for categories. */
import { Effect } from "effect"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { CategoryNotFound } from "../../domain/categories/CategoryErrors.ts"
import type { CategoryId } from "../../domain/categories/CategoryId.ts"
import { NotOwner } from "../../domain/shared/NotOwner.ts"
import { CategoryRepository } from "./CategoryRepository.ts"

/**
 * Fails with `NotOwner` instead of `CategoryNotFound` if the category belongs to another user. Only a miss costs the
 * second query.
 */
export const failIfNotCategoryOwner = <A, R>(
  found: Effect.Effect<A, CategoryNotFound, R>,
): Effect.Effect<A, CategoryNotFound | NotOwner, R | CategoryRepository> =>
  Effect.catch(found, (missing) =>
    Effect.gen(function* () {
      const categories = yield* CategoryRepository
      const isOthers = yield* categories.exists(missing.categoryId)
      return yield* Effect.fail(isOthers ? new NotOwner({ resource: "category" }) : missing)
    }),
  )

/**
 * Returns the user's categories with these ids, without duplicates. Reads all of the user's categories in one query,
 * because there are few. Fails for the first id that is missing or belongs to another user.
 */
export const getOwnCategories = Effect.fnUntraced(function* (userId: UserId, ids: ReadonlyArray<CategoryId>) {
  const categories = yield* CategoryRepository
  const own = new Map((yield* categories.list(userId)).map((category) => [category.id, category]))
  return yield* Effect.forEach(new Set(ids), (categoryId) => {
    const category = own.get(categoryId)
    return category === undefined
      ? failIfNotCategoryOwner(Effect.fail(new CategoryNotFound({ categoryId })))
      : Effect.succeed(category)
  })
})
