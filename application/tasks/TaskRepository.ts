/** The port that stores tasks. */
import { Context, type Effect } from "effect"
import type { AccountNotFound } from "../../domain/accounts/AccountErrors.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import type { CategoryNotFound } from "../../domain/categories/CategoryErrors.ts"
import type { SequenceNumber } from "../../domain/changes/Change.ts"
import type { ChangeCursor } from "../../domain/changes/ChangeCursor.ts"
import type { CursorPageLimit, Page } from "../../domain/shared/Page.ts"
import type { Timestamp } from "../../domain/shared/Timestamp.ts"
import type { AcceptedVersions, Version } from "../../domain/shared/Version.ts"
import type { DeletedTask, Task, VersionConflict } from "../../domain/tasks/Task.ts"
import type { TaskNotFound } from "../../domain/tasks/TaskErrors.ts"
import type { TaskChanges } from "../../domain/tasks/TaskFields.ts"
import type { TaskId } from "../../domain/tasks/TaskId.ts"
import type { TaskCursorPage, TaskPlace } from "../../domain/tasks/TaskPlace.ts"
import type { TaskQuery, TaskSelection } from "../../domain/tasks/TaskQuery.ts"
import type { TrashPlace } from "../../domain/tasks/TrashCursor.ts"

/**
 * Stores tasks with their categories. Deleted tasks stay stored too, and only the methods for the trash return them. No
 * method returns a deleted category on a task; its assignments stay, and show again when it is restored.
 *
 * A store with a history records a change with each write (`ChangeRepository`).
 */
export class TaskRepository extends Context.Service<
  TaskRepository,
  {
    /**
     * Stores a new task with its categories, all of it or nothing. Dies if its id is not new. Fails with
     * `AccountNotFound` if its user was deleted, and with `CategoryNotFound` if one of the categories was.
     */
    readonly insert: (task: Task) => Effect.Effect<void, AccountNotFound | CategoryNotFound>

    /** Returns the user's task. Another user's task is not found. */
    readonly get: (userId: UserId, taskId: TaskId) => Effect.Effect<Task, TaskNotFound>

    /** Like `get`; inside `UnitOfWork.atomically` it also locks the user's tasks and categories until the unit ends. */
    readonly getForUpdate: (userId: UserId, taskId: TaskId) => Effect.Effect<Task, TaskNotFound>

    /** Returns the user's deleted task. */
    readonly getDeleted: (userId: UserId, taskId: TaskId) => Effect.Effect<DeletedTask, TaskNotFound>

    /** Whether the task exists and is not deleted, under any owner. This is the only query across users. */
    readonly exists: (taskId: TaskId) => Effect.Effect<boolean>

    /**
     * Returns the page of the user's tasks that `TaskQuery.matches`, in the order of `TaskQuery.comparator`. It may have the
     * number of the user's newest change, at the same moment or before. So the page can be kept until the next change.
     */
    readonly list: (
      userId: UserId,
      query: TaskQuery,
    ) => Effect.Effect<Page<Task> & { readonly latest?: SequenceNumber | undefined }>

    /**
     * Returns the tasks after a place of the list, or its first ones, at most `limit`: those that `TaskQuery.matches`, in
     * the order of `TaskQuery.comparator`. `after` MUST be a place of a list with the same sort. The page MUST be read at
     * one moment; a search may take longer, if the page has the history's place from before it. It should take as long behind the last place as behind the first.
     *
     * The first page has the newest place of the user's history at that moment, unless the account was deleted. A store
     * without a history leaves it out.
     */
    readonly listAfter: (
      userId: UserId,
      selection: TaskSelection,
      after: TaskPlace | null,
      limit: CursorPageLimit,
    ) => Effect.Effect<TaskCursorPage & { readonly latest?: ChangeCursor }>

    /**
     * Replaces `before` with `after`, including its categories. The adapter MUST compare the stored version with
     * `before.version` and write as one atomic step. Of concurrent writers with the same version, exactly one succeeds;
     * the others fail with `VersionConflict` and the current task. Fails with `TaskNotFound` if the task was deleted,
     * and with `CategoryNotFound` if a category that `after` adds was deleted.
     */
    readonly update: (
      before: Task,
      after: Task,
    ) => Effect.Effect<void, TaskNotFound | VersionConflict | CategoryNotFound>

    /**
     * Changes the fields of the user's task in one step, as `Task.change` does, and returns the task. Returns null, and
     * writes nothing, if the task has another version or is deleted, or if no field differs; the caller then reads the
     * task. It may return null in other cases too: it only saves the reading.
     * `Task.checkDueDate` MUST accept the due date.
     */
    readonly updateFields: (
      userId: UserId,
      taskId: TaskId,
      version: Version,
      changes: TaskChanges,
      at: Timestamp,
    ) => Effect.Effect<Task | null>

    /**
     * Deletes the user's task if it has an accepted version (any by default), and returns it as it was. The adapter MUST compare the stored
     * version and write as one atomic step. Fails with `VersionConflict` and the current task if it has another version,
     * and with `TaskNotFound` if it was deleted.
     */
    readonly delete: (
      userId: UserId,
      taskId: TaskId,
      deletedAt: Timestamp,
      accepted?: AcceptedVersions,
    ) => Effect.Effect<DeletedTask, TaskNotFound | VersionConflict>

    /**
     * Replaces the deleted task with the restored one. Fails with `TaskNotFound` if the task is not (or no longer)
     * deleted.
     */
    readonly restore: (deleted: DeletedTask, restored: Task) => Effect.Effect<void, TaskNotFound>

    /**
     * Returns at most `limit` deleted tasks of the user after a place (null: from the first on). The last deleted comes
     * first; ties are ordered by id, the highest first.
     */
    readonly listDeleted: (
      userId: UserId,
      after: TrashPlace | null,
      limit: number,
    ) => Effect.Effect<ReadonlyArray<DeletedTask>>

    /**
     * Destroys those of these tasks that are deleted, with everything that belongs to them, at the time `at`. Returns
     * the ids of the destroyed ones.
     */
    readonly purge: (
      userId: UserId,
      taskIds: ReadonlyArray<TaskId>,
      at: Timestamp,
    ) => Effect.Effect<ReadonlyArray<TaskId>>
  }
>()("taskwright/TaskRepository") {}
