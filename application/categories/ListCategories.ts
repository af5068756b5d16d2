import { Effect, Schema } from "effect"
import { UserId } from "../../domain/accounts/UserId.ts"
import { CategoryRepository } from "./CategoryRepository.ts"

export const ListCategories = Schema.Struct({ userId: UserId })
export interface ListCategories extends Schema.Schema.Type<typeof ListCategories> {}

/** All categories of the user, by name. */
export const listCategories = Effect.fn("listCategories")(function* (command: ListCategories) {
  const categories = yield* CategoryRepository
  return yield* categories.list(command.userId)
})
