/** The use case that lists a user's categories for a client that follows their changes. */
import { Effect, Schema } from "effect"
import { UserId } from "../../domain/accounts/UserId.ts"
import { CategoryRepository } from "./CategoryRepository.ts"

export const SnapshotCategories = Schema.Struct({ userId: UserId })
export interface SnapshotCategories extends Schema.Schema.Type<typeof SnapshotCategories> {}

/**
 * Returns all categories of the user, sorted by name, and the place in the history after which their later changes are.
 */
export const snapshotCategories = Effect.fn("snapshotCategories")(function* (command: SnapshotCategories) {
  const categories = yield* CategoryRepository
  return yield* categories.snapshot(command.userId)
})
