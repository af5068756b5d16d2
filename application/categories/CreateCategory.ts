/** The use case that creates a category. */
import { Schema } from "effect"
import { UserId } from "../../domain/accounts/UserId.ts"
import * as Category from "../../domain/categories/Category.ts"
import { CategoryId } from "../../domain/categories/CategoryId.ts"
import { writeWithResult } from "../changes/Mutation.ts"
import { IdGenerator } from "../shared/IdGenerator.ts"
import { now } from "../shared/Now.ts"
import { useCase } from "../shared/UseCase.ts"
import { CategoryRepository } from "./CategoryRepository.ts"

export const CreateCategory = Schema.Struct({
  userId: UserId,
  name: Category.CategoryName,
  color: Schema.optional(Schema.NullOr(Category.CategoryColor)),
})
export interface CreateCategory extends Schema.Schema.Type<typeof CreateCategory> {}

/** Creates a category for the user. */
export const createCategory = useCase("createCategory")(function* (command: CreateCategory) {
  const categories = yield* CategoryRepository
  const ids = yield* IdGenerator
  const category = Category.create(yield* ids.next(CategoryId), command.userId, command, yield* now)
  yield* writeWithResult(category, categories.insert(category))
  return category
})
