import { Effect } from "effect"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { CategoryNotFound } from "../../domain/categories/CategoryErrors.ts"
import type { CategoryId } from "../../domain/categories/CategoryId.ts"
import { NotOwner } from "../../domain/shared/NotOwner.ts"
import { CategoryRepository } from "./CategoryRepository.ts"

/** Tells a category that is somebody else's from one that does not exist. Only a miss pays for the second question. */
export const failIfNotOwner = <A, R>(
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
 * The user's categories of these ids, each once. Reads all of the user's in one query, for there are few. Fails for the
 * first that is missing or belongs to another user.
 */
export const getOwnCategories = Effect.fnUntraced(function* (userId: UserId, ids: ReadonlyArray<CategoryId>) {
  const categories = yield* CategoryRepository
  const own = new Map((yield* categories.list(userId)).map((category) => [category.id, category]))
  return yield* Effect.forEach(new Set(ids), (categoryId) => {
    const category = own.get(categoryId)
    return category === undefined
      ? failIfNotOwner(Effect.fail(new CategoryNotFound({ categoryId })))
      : Effect.succeed(category)
  })
})
