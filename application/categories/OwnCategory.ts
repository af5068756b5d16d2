import { Effect } from "effect"
import type { CategoryNotFound } from "../../domain/categories/CategoryErrors.ts"
import { NotOwner } from "../../domain/shared/NotOwner.ts"
import { CategoryRepository } from "./CategoryRepository.ts"

/** Tells a category that is somebody else's from one that does not exist. Only a miss pays for the second question. */
export const orNotOwner = <A, R>(
  found: Effect.Effect<A, CategoryNotFound, R>,
): Effect.Effect<A, CategoryNotFound | NotOwner, R | CategoryRepository> =>
  Effect.catch(found, (missing) =>
    Effect.gen(function* () {
      const categories = yield* CategoryRepository
      const isOthers = yield* categories.exists(missing.categoryId)
      return yield* Effect.fail(isOthers ? new NotOwner({ resource: "category" }) : missing)
    }),
  )
