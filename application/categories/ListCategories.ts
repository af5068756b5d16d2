/** The use case that lists a user's categories. */
import { Schema } from "effect"
import { UserId } from "../../domain/accounts/UserId.ts"
import { useCase } from "../shared/UseCase.ts"
import { CategoryRepository } from "./CategoryRepository.ts"

export const ListCategories = Schema.Struct({ userId: UserId })
export interface ListCategories extends Schema.Schema.Type<typeof ListCategories> {}

/** Returns all categories of the user, sorted by name. */
export const listCategories = useCase("listCategories")(function* (command: ListCategories) {
  const categories = yield* CategoryRepository
  return yield* categories.list(command.userId)
})
