/** The use case that changes the name and the colour of a category. */
import { Effect, Schema, Struct } from "effect"
import { UserId } from "../../domain/accounts/UserId.ts"
import * as Category from "../../domain/categories/Category.ts"
import { CategoryId } from "../../domain/categories/CategoryId.ts"
import { AcceptedVersions } from "../../domain/shared/Version.ts"
import { explainCategoryConflict } from "../changes/ExplainConflict.ts"
import { writeWithResult } from "../changes/Mutation.ts"
import { now } from "../shared/Now.ts"
import { useCase } from "../shared/UseCase.ts"
import { failIfNotCategoryOwner } from "./CategoryOwner.ts"
import { CategoryRepository } from "./CategoryRepository.ts"
import { retryLocked } from "./RetryLocked.ts"

export const UpdateCategory = Schema.Struct({
  ...Category.CategoryChanges.fields,
  userId: UserId,
  categoryId: CategoryId,
  /** The version that the caller read, or the versions that it accepts. */
  version: AcceptedVersions,
})
export interface UpdateCategory extends Schema.Schema.Type<typeof UpdateCategory> {}

/**
 * Changes the user's category if the caller accepts its version, and no version of a task. If every field stays the same,
 * nothing is written.
 */
export const updateCategory = useCase("updateCategory")(function* (command: UpdateCategory) {
  const { categoryId, userId, version: accepted } = command
  const categories = yield* CategoryRepository
  const at = yield* now
  const write = Effect.gen(function* () {
    const before = yield* failIfNotCategoryOwner(categories.get(userId, categoryId))
    yield* Effect.fromResult(Category.expectVersion(before, accepted))
    const after = Category.change(before, command, at)
    if (after === before) return after
    yield* writeWithResult(after, categories.update(before, after))
    return after
  })
  const patch = Struct.pick(command, ["name", "color"])
  return yield* explainCategoryConflict(userId, { accepted, patch }, retryLocked(userId, accepted, write))
})
