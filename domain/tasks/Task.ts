/** The task: its fields, and every change that the rules allow. */
import { Data, Result, Schema } from "effect"
import { UserId } from "../accounts/UserId.ts"
import { byName, Category } from "../categories/Category.ts"
import { CategoryLimitReached } from "../categories/CategoryErrors.ts"
import type { CategoryId } from "../categories/CategoryId.ts"
import { Timestamp } from "../shared/Timestamp.ts"
import { type AcceptedVersions, accepts, firstVersion, nextVersion, Version } from "../shared/Version.ts"
import { CategoryAlreadyAssigned, CategoryNotAssigned, DueDateNotInFuture } from "./TaskErrors.ts"
import {
  changeFields,
  hasSameFields,
  type NewTaskFields,
  newFields,
  type TaskChanges,
  TaskFields,
} from "./TaskFields.ts"
import { TaskId } from "./TaskId.ts"

/** The maximum number of categories on a task. A task that has more from before this limit keeps them. */
export const maxTaskCategories = 100

/** A task of one user. Its owner never changes, and every change raises its version. */
export const Task = Schema.Struct({
  id: TaskId,
  userId: UserId,
  ...TaskFields.fields,
  /** Sorted by name, without duplicates. All belong to the task's owner. */
  categories: Schema.Array(Category),
  version: Version,
  createdAt: Timestamp,
  updatedAt: Timestamp,
})
export interface Task extends Schema.Schema.Type<typeof Task> {}

/** The task was changed after the caller read it. `current` is the task as it is now. */
export class VersionConflict extends Data.TaggedError("VersionConflict")<{ readonly current: Task }> {}

/** A task that its user deleted. It stays stored, and no list or lookup returns it until it is restored. */
export interface DeletedTask {
  readonly task: Task
  readonly deletedAt: Timestamp
}

/** The fields of a new task, and the user's own categories, without duplicates. */
export interface NewTask extends NewTaskFields {
  readonly categories?: ReadonlyArray<Category> | undefined
}

/** Accepts a missing due date or one after `now`. */
export const checkDueDate = (
  dueDate: Timestamp | null | undefined,
  now: Timestamp,
): Result.Result<void, DueDateNotInFuture> =>
  typeof dueDate === "string" && dueDate <= now ? Result.fail(new DueDateNotInFuture({ dueDate })) : Result.void

/** Creates a task for the user. */
export const create = (
  id: TaskId,
  userId: UserId,
  input: NewTask,
  now: Timestamp,
): Result.Result<Task, DueDateNotInFuture | CategoryLimitReached> => {
  const categories = [...(input.categories ?? [])].sort(byName)
  return Result.map(
    Result.andThen(checkDueDate(input.dueDate, now), () => checkCategories(categories)),
    () => ({
      id,
      userId,
      ...newFields(input),
      categories,
      version: firstVersion,
      createdAt: now,
      updatedAt: now,
    }),
  )
}

/** Fails with `VersionConflict` unless the task has a version that the caller accepts. */
export const expectVersion = (task: Task, accepted: AcceptedVersions): Result.Result<Task, VersionConflict> =>
  accepts(accepted, task.version) ? Result.succeed(task) : Result.fail(new VersionConflict({ current: task }))

/**
 * Applies the changes and raises the version. If every field equals the stored one, returns the task itself. Only a due
 * date that differs from the stored one must lie after `now`: an overdue task keeps its due date.
 */
export const change = (task: Task, changes: TaskChanges, now: Timestamp): Result.Result<Task, DueDateNotInFuture> => {
  const fields = changeFields(task, changes)
  if (hasSameFields(task, fields)) return Result.succeed(task)
  return Result.map(fields.dueDate === task.dueDate ? Result.void : checkDueDate(fields.dueDate, now), () =>
    changed({ ...task, ...fields }, now),
  )
}

const changed = (task: Task, now: Timestamp): Task => ({ ...task, version: nextVersion(task.version), updatedAt: now })

/** Assigns the category to the task. */
export const assignCategory = (
  task: Task,
  category: Category,
  now: Timestamp,
): Result.Result<Task, CategoryAlreadyAssigned | CategoryLimitReached> => {
  if (task.categories.some(({ id }) => id === category.id)) {
    return Result.fail(new CategoryAlreadyAssigned({ categoryId: category.id }))
  }
  const categories = [...task.categories, category].sort(byName)
  return Result.map(checkCategories(categories), () => changed({ ...task, categories }, now))
}

/** Fails if there are more categories than a task may have. */
export const checkCategories = (categories: ReadonlyArray<unknown>): Result.Result<void, CategoryLimitReached> =>
  categories.length > maxTaskCategories
    ? Result.fail(new CategoryLimitReached({ of: "task", limit: maxTaskCategories }))
    : Result.void

/** Removes the category from the task. */
export const removeCategory = (
  task: Task,
  categoryId: CategoryId,
  now: Timestamp,
): Result.Result<Task, CategoryNotAssigned> =>
  task.categories.some(({ id }) => id === categoryId)
    ? Result.succeed(changed({ ...task, categories: task.categories.filter(({ id }) => id !== categoryId) }, now))
    : Result.fail(new CategoryNotAssigned({ categoryId }))

/** Restores a deleted task. This counts as a change, so the version is raised. */
export const restore = (deleted: DeletedTask, now: Timestamp): Task => changed(deleted.task, now)
