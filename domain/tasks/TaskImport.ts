/** Creating a task from the export of another system, with its status, dates and categories. */
import { Result } from "effect"
import type { UserId } from "../accounts/UserId.ts"
import { byName, type Category } from "../categories/Category.ts"
import type { CategoryLimitReached } from "../categories/CategoryErrors.ts"
import type { Timestamp } from "../shared/Timestamp.ts"
import { firstVersion, nextVersion } from "../shared/Version.ts"
import { checkCategories, type Task } from "./Task.ts"
import { changeFields, type TaskFields } from "./TaskFields.ts"
import type { TaskId } from "./TaskId.ts"

/** A task that comes from another system. Its due date may lie in the past: it was in the future when it was set. */
export interface TaskImport extends TaskFields {
  /**
   * When it was created there; `now` if that is unknown. A time after `now`, from another clock, is replaced by `now`.
   */
  readonly createdAt?: Timestamp | undefined
}

/**
 * Creates the task for this user with the status that it had, and with these of the user's categories. Assigning them
 * counts as its first change.
 */
export const createImported = (
  id: TaskId,
  userId: UserId,
  input: TaskImport,
  categories: ReadonlyArray<Category>,
  now: Timestamp,
): Result.Result<Task, CategoryLimitReached> =>
  Result.map(checkCategories(categories), () => ({
    id,
    userId,
    ...changeFields(input, {}),
    categories: [...categories].sort(byName),
    version: categories.length === 0 ? firstVersion : nextVersion(firstVersion),
    createdAt: input.createdAt !== undefined && input.createdAt < now ? input.createdAt : now,
    updatedAt: now,
  }))
