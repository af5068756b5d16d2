/** The port that stores categories. */
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

/** Stores the categories of all users. */
export class CategoryRepository extends Context.Service<
  CategoryRepository,
  {
    /**
     * Stores a new category. Its id MUST be new. Of concurrent inserts with the same name and user, exactly one MUST
     * succeed; the others fail with `CategoryNameTaken`. A user MUST NOT get more than `maxCategories`, even by
     * concurrent calls; the calls beyond fail with `CategoryLimitReached`. Fails with `AccountNotFound` if the user was
     * deleted.
     */
    readonly insert: (
      category: Category,
    ) => Effect.Effect<void, CategoryNameTaken | CategoryLimitReached | AccountNotFound>

    /** Returns the user's category. Another user's category is not found. */
    readonly get: (userId: UserId, categoryId: CategoryId) => Effect.Effect<Category, CategoryNotFound>

    /** Whether the category exists, under any owner. This is the only query across users. */
    readonly exists: (categoryId: CategoryId) => Effect.Effect<boolean>

    /** Returns all categories of the user in the order of `Category.byName`. */
    readonly list: (userId: UserId) => Effect.Effect<ReadonlyArray<Category>>

    /** Deletes the user's category, removes it from all tasks, and returns it as it was. */
    readonly delete: (userId: UserId, categoryId: CategoryId) => Effect.Effect<Category, CategoryNotFound>
  }
>()("taskwright/CategoryRepository") {}
