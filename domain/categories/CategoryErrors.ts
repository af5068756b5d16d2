/** The errors that creating, reading and assigning categories can fail with. */
import { Data } from "effect"
import type { CategoryName } from "./Category.ts"
import type { CategoryId } from "./CategoryId.ts"

/** The category does not exist. */
export class CategoryNotFound extends Data.TaggedError("CategoryNotFound")<{ readonly categoryId: CategoryId }> {}

/** The user has the maximum number of categories, or the task does. */
export class CategoryLimitReached extends Data.TaggedError("CategoryLimitReached")<{
  readonly of: "user" | "task"
  readonly limit: number
}> {}

/** The user has another category with this name. */
export class CategoryNameTaken extends Data.TaggedError("CategoryNameTaken")<{ readonly name: CategoryName }> {}
