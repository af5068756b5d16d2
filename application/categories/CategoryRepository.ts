/** The port that stores categories. */
import { Context, type Effect } from "effect"
import type { AccountNotFound } from "../../domain/accounts/AccountErrors.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import type { Category, CategoryVersionConflict, DeletedCategory } from "../../domain/categories/Category.ts"
import type {
  CategoryLimitReached,
  CategoryNameTaken,
  CategoryNotFound,
} from "../../domain/categories/CategoryErrors.ts"
import type { CategoryId } from "../../domain/categories/CategoryId.ts"
import type { ChangeCursor } from "../../domain/changes/ChangeCursor.ts"
import type { Timestamp } from "../../domain/shared/Timestamp.ts"

/**
 * Stores the categories of all users. Deleted ones stay stored with their assignments, and only `getDeleted` returns
 * them. Names and the maximum count among living categories alone.
 *
 * A store with a history records a change with each write (`ChangeRepository`).
 */
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

    /** Whether the category exists and is not deleted, under any owner. This is the only query across users. */
    readonly exists: (categoryId: CategoryId) => Effect.Effect<boolean>

    /** Returns all categories of the user in the order of `Category.byName`. */
    readonly list: (userId: UserId) => Effect.Effect<ReadonlyArray<Category>>

    /**
     * Returns the same list, and the newest place of the user's history. Both MUST be of one moment: a later change lies
     * after the place.
     */
    readonly snapshot: (
      userId: UserId,
    ) => Effect.Effect<{ readonly categories: ReadonlyArray<Category>; readonly latest: ChangeCursor }, AccountNotFound>

    /** Returns the user's deleted category. */
    readonly getDeleted: (userId: UserId, categoryId: CategoryId) => Effect.Effect<DeletedCategory, CategoryNotFound>

    /**
     * Replaces `before` with `after`. The adapter MUST compare the stored version with `before.version` and write as one
     * atomic step. Fails with `CategoryVersionConflict` and the current category if it has another version, and with
     * `CategoryNameTaken` if another living category of the user has the name.
     */
    readonly update: (
      before: Category,
      after: Category,
    ) => Effect.Effect<void, CategoryNotFound | CategoryVersionConflict | CategoryNameTaken>

    /**
     * Deletes the user's category, in a time that does not depend on its assignments, and returns it as it was. No task
     * shows it from then on.
     */
    readonly delete: (
      userId: UserId,
      categoryId: CategoryId,
      deletedAt: Timestamp,
    ) => Effect.Effect<DeletedCategory, CategoryNotFound>

    /**
     * Replaces the deleted category with the restored one: the tasks that it was assigned to show it again. Fails with
     * `CategoryNotFound` if it is not (or no longer) deleted. Fails with `CategoryNameTaken` if a living category has
     * the name, and with `CategoryLimitReached` if the user has `maxCategories`.
     */
    readonly restore: (
      deleted: DeletedCategory,
      restored: Category,
    ) => Effect.Effect<void, CategoryNotFound | CategoryNameTaken | CategoryLimitReached>
  }
>()("taskwright/CategoryRepository") {}
