/** The use case that creates a category. */
import { Effect, Schema } from "effect"
import { UserId } from "../../domain/accounts/UserId.ts"
import { type Category, CategoryColor, CategoryName } from "../../domain/categories/Category.ts"
import { CategoryId } from "../../domain/categories/CategoryId.ts"
import { IdGenerator } from "../shared/IdGenerator.ts"
import { now } from "../shared/Now.ts"
import { CategoryRepository } from "./CategoryRepository.ts"

export const CreateCategory = Schema.Struct({
  userId: UserId,
  name: CategoryName,
  color: Schema.optional(Schema.NullOr(CategoryColor)),
})
export interface CreateCategory extends Schema.Schema.Type<typeof CreateCategory> {}

/** Creates a category for the user. */
export const createCategory = Effect.fn("createCategory")(function* (command: CreateCategory) {
  const categories = yield* CategoryRepository
  const ids = yield* IdGenerator
  const category: Category = {
    id: yield* ids.next(CategoryId),
    userId: command.userId,
    name: command.name,
    color: command.color ?? null,
    createdAt: yield* now,
  }
  yield* categories.insert(category)
  return category
})
