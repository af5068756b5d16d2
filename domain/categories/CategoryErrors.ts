import { Data } from "effect"
import type { CategoryName } from "./Category.ts"
import type { CategoryId } from "./CategoryId.ts"

/** There is no such category. */
export class CategoryNotFound extends Data.TaggedError("CategoryNotFound")<{ readonly categoryId: CategoryId }> {}

/** The user has a category of that name. */
export class CategoryNameTaken extends Data.TaggedError("CategoryNameTaken")<{ readonly name: CategoryName }> {}
