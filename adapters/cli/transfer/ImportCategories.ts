/** Resolves the category names of an imported file. */
import { Effect } from "effect"
import type { CategoryColor, CategoryName } from "../../../domain/categories/Category.ts"
import type { CategoryId } from "../../../domain/categories/CategoryId.ts"
import { callAsUser } from "../session/SignedInUser.ts"
import { retryWhenRateLimited } from "./RetryRateLimited.ts"

/** The user's categories by name; a missing one is created on first use. */
export const makeImportCategories = (isDryRun: boolean, onWait: (seconds: number) => Effect.Effect<void>) =>
  Effect.gen(function* () {
    const listed = Effect.map(
      retryWhenRateLimited(
        callAsUser((backend) => backend.listCategories),
        onWait,
      ),
      (categories) => categories.map(({ id, name }) => [name, id] as const),
    )
    const ids = new Map<CategoryName, CategoryId | null>(yield* listed)
    let created = 0

    const ensure = Effect.fnUntraced(function* (name: CategoryName, color: CategoryColor | null) {
      if (ids.has(name)) return
      created++
      if (isDryRun) {
        ids.set(name, null)
        return
      }
      const make = callAsUser((backend) => backend.createCategory({ name, color }))
      yield* retryWhenRateLimited(make, onWait).pipe(
        Effect.map(({ id }) => ids.set(name, id)),
        // Another client created it concurrently.
        Effect.catchTag("CategoryNameTaken", () =>
          Effect.map(listed, (found) => {
            for (const [other, id] of found) ids.set(other, id)
          }),
        ),
      )
    })

    return {
      ensure,
      created: () => created,
      idsOf: (names: ReadonlyArray<CategoryName>): ReadonlyArray<CategoryId> =>
        names.flatMap((name) => ids.get(name) ?? []),
    }
  })
