import { Context, type Effect } from "effect"
import type { AccountNotFound } from "../../domain/accounts/AccountErrors.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import type { Category } from "../../domain/categories/Category.ts"
import type {
  CategoryLimitReached,
  CategoryNameTaken,
  CategoryNotFound,
} from "../../domain/categories/CategoryErrors.ts"
import type { CategoryId } from "../../domain/categories/CategoryId.ts"

/** Keeps categories. */
export class CategoryRepository extends Context.Service<
  CategoryRepository,
  {
    /**
     * Keeps a new category. Of any number at once with one name and one user exactly one MUST be kept; the others get
     * `CategoryNameTaken`. A user MUST NOT get more than `maxCategories`, also by concurrent calls: the others get
     * `CategoryLimitReached`. Its id MUST be new. `AccountNotFound` if its user is gone.
     */
    readonly insert: (
      category: Category,
    ) => Effect.Effect<void, CategoryNameTaken | CategoryLimitReached | AccountNotFound>

    /** The user's category; another user's is not found. */
    readonly get: (userId: UserId, categoryId: CategoryId) => Effect.Effect<Category, CategoryNotFound>

    /** Whether the category exists, whoever's it is: the one question that crosses users. */
    readonly exists: (categoryId: CategoryId) => Effect.Effect<boolean>

    /** All categories of the user in the order of `Category.byName`. */
    readonly list: (userId: UserId) => Effect.Effect<ReadonlyArray<Category>>

    /** Removes the user's category, and takes it off all tasks. */
    readonly delete: (userId: UserId, categoryId: CategoryId) => Effect.Effect<void, CategoryNotFound>
  }
>()("taskwright/CategoryRepository") {}
