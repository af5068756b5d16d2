import { Data } from "effect"
import type { CategoryName } from "./Category.ts"
import type { CategoryId } from "./CategoryId.ts"

/** There is no such category. */
export class CategoryNotFound extends Data.TaggedError("CategoryNotFound")<{ readonly categoryId: CategoryId }> {}

/** The user has as many categories as one may have, or the task as many as one may show. */
export class CategoryLimitReached extends Data.TaggedError("CategoryLimitReached")<{
  readonly of: "user" | "task"
  readonly limit: number
}> {}

/** The user has a category of that name. */
export class CategoryNameTaken extends Data.TaggedError("CategoryNameTaken")<{ readonly name: CategoryName }> {}
