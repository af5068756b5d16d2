import { Context, type Effect } from "effect"
import type { AccountNotFound } from "../../domain/accounts/AccountErrors.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import type { CategoryNotFound } from "../../domain/categories/CategoryErrors.ts"
import type { Page } from "../../domain/shared/Page.ts"
import type { Timestamp } from "../../domain/shared/Timestamp.ts"
import type { AcceptedVersions } from "../../domain/shared/Version.ts"
import type { DeletedTask, Task, VersionConflict } from "../../domain/tasks/Task.ts"
import type { TaskNotFound } from "../../domain/tasks/TaskErrors.ts"
import type { TaskId } from "../../domain/tasks/TaskId.ts"
import type { TaskQuery } from "../../domain/tasks/TaskQuery.ts"

/**
 * Keeps tasks with their categories. Deleted tasks are kept too, and only `getDeleted` shows them. A category that is
 * removed MUST be gone from every task, deleted ones too.
 */
export class TaskRepository extends Context.Service<
  TaskRepository,
  {
    /**
     * Keeps a new task with its categories, all of it or nothing. Its id MUST be new, or it dies. `AccountNotFound` if
     * its user is gone, `CategoryNotFound` if one of the categories is.
     */
    readonly insert: (task: Task) => Effect.Effect<void, AccountNotFound | CategoryNotFound>

    /** The user's task; another user's is not found. */
    readonly get: (userId: UserId, taskId: TaskId) => Effect.Effect<Task, TaskNotFound>

    /** As `get`; inside `UnitOfWork.atomically` nobody else can change the task until the unit ends. */
    readonly getForUpdate: (userId: UserId, taskId: TaskId) => Effect.Effect<Task, TaskNotFound>

    /** The user's task that was deleted. */
    readonly getDeleted: (userId: UserId, taskId: TaskId) => Effect.Effect<DeletedTask, TaskNotFound>

    /** Whether the task exists and is not deleted, whoever's it is: the one question that crosses users. */
    readonly exists: (taskId: TaskId) => Effect.Effect<boolean>

    /** The page of the user's tasks that `TaskQuery.matches`, in the order of `TaskQuery.comparator`. */
    readonly list: (userId: UserId, query: TaskQuery) => Effect.Effect<Page<Task>>

    /**
     * Puts `after` in the place of `before`, with its categories. The adapter MUST compare the stored version with
     * `before.version` and write in one statement: of any number of writers with one version exactly one succeeds,
     * and the others get `VersionConflict` with the task as it stands. `TaskNotFound` where it is gone or deleted,
     * `CategoryNotFound` where a category that `after` adds is gone.
     */
    readonly update: (
      before: Task,
      after: Task,
    ) => Effect.Effect<void, TaskNotFound | VersionConflict | CategoryNotFound>

    /**
     * Deletes the user's task if it has an accepted version (any by default). The adapter MUST compare the stored
     * version and write in one statement. `VersionConflict` with the task as it stands if it has another version,
     * `TaskNotFound` if it is gone or deleted.
     */
    readonly delete: (
      userId: UserId,
      taskId: TaskId,
      deletedAt: Timestamp,
      accepted?: AcceptedVersions,
    ) => Effect.Effect<void, TaskNotFound | VersionConflict>

    /** Puts the restored task in the place of the deleted one. `TaskNotFound` where that is not deleted (any more). */
    readonly restore: (deleted: DeletedTask, restored: Task) => Effect.Effect<void, TaskNotFound>
  }
>()("taskwright/TaskRepository") {}
