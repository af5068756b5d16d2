/** The use case that lists a user's categories for a client that follows their changes. */
import { Schema } from "effect"
import { UserId } from "../../domain/accounts/UserId.ts"
import { useCase } from "../shared/UseCase.ts"
import { CategoryRepository } from "./CategoryRepository.ts"

export const SnapshotCategories = Schema.Struct({ userId: UserId })
export interface SnapshotCategories extends Schema.Schema.Type<typeof SnapshotCategories> {}

/**
 * Returns all categories of the user, sorted by name, and the place in the history after which their later changes are.
 */
export const snapshotCategories = useCase("snapshotCategories")(function* (command: SnapshotCategories) {
  const categories = yield* CategoryRepository
  return yield* categories.snapshot(command.userId)
})
