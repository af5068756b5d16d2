/** The port that reads the history of tasks and categories, and carries out the steps of an undo. */
import { Context, type Effect } from "effect"
import type { AccountNotFound } from "../../domain/accounts/AccountErrors.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import type { Category } from "../../domain/categories/Category.ts"
import type { CategoryId } from "../../domain/categories/CategoryId.ts"
import type { Change, SequenceNumber } from "../../domain/changes/Change.ts"
import type { ChangeCursor, ChangeLogBounds } from "../../domain/changes/ChangeCursor.ts"
import type { ChangeFilter } from "../../domain/changes/ChangeFilter.ts"
import type { Entity } from "../../domain/changes/EntityState.ts"
import type { PresentStates, UndoStep, UndoTarget } from "../../domain/changes/UndoPlan.ts"
import type { Timestamp } from "../../domain/shared/Timestamp.ts"
import type { Version } from "../../domain/shared/Version.ts"
import type { Task } from "../../domain/tasks/Task.ts"
import type { TaskId } from "../../domain/tasks/TaskId.ts"

/** The first and the last place of one user's history, at one moment. */
export interface ChangeLogEnds {
  /** The place before the oldest change that is kept. */
  readonly oldest: ChangeCursor
  /** The place after the newest change. */
  readonly latest: ChangeCursor
}

/** A part of one user's history with the present state of what it names, all at one moment. */
export interface ChangePage extends ChangeLogEnds {
  /** What decides whether reading can resume after the requested place. */
  readonly bounds: ChangeLogBounds
  /** The oldest comes first. */
  readonly changes: ReadonlyArray<Change>
  /** The tasks that the changes name, without deleted ones. */
  readonly tasks: ReadonlyMap<TaskId, Task>
  /** The categories that the changes name, without deleted ones. */
  readonly categories: ReadonlyMap<CategoryId, Category>
}

/**
 * Reads and continues the history of each user. Every write of `TaskRepository` and `CategoryRepository` MUST record the
 * change that `Change.changeOf` derives, with the data of `CurrentMutation`, in its own atomic step:
 *
 * - One change for each write, and none for a write that fails or changes nothing.
 * - The sequence numbers of a user have no gaps, and their order is the order of the commits. No reader sees a change
 *   before an earlier one of the same user.
 * - Concurrent writers of one user wait for each other. Those of different users never do.
 * - When a task or category is destroyed, the values of all its changes become null and a change `purged` is recorded,
 *   in one atomic step.
 * - Deleting an account removes its history.
 */
export class ChangeRepository extends Context.Service<
  ChangeRepository,
  {
    /** Returns both ends of the user's history. */
    readonly ends: (userId: UserId) => Effect.Effect<ChangeLogEnds, AccountNotFound>

    /**
     * Reads at most `limit` changes of these kinds of thing after a place, and all of the page at one moment. Null
     * stands for the place before the oldest change that is kept. The caller decides by `ChangeCursor.resume` whether
     * the page is valid.
     */
    readonly readAfter: (
      userId: UserId,
      after: SequenceNumber | null,
      entities: ReadonlyArray<Entity>,
      limit: number,
    ) => Effect.Effect<ChangePage, AccountNotFound>

    /** Returns the newest sequence number of each of these users. A deleted user is missing. */
    readonly latestOf: (userIds: ReadonlyArray<UserId>) => Effect.Effect<ReadonlyMap<UserId, SequenceNumber>>

    /** Returns at most `limit` changes before a place (null: all), the newest first. */
    readonly readBefore: (
      userId: UserId,
      filter: ChangeFilter,
      before: SequenceNumber | null,
      limit: number,
    ) => Effect.Effect<ReadonlyArray<Change>>

    /** Returns at most `limit` changes of one thing to a version above `version`, the oldest first. */
    readonly readSinceVersion: (
      userId: UserId,
      entityId: TaskId | CategoryId,
      version: Version,
      limit: number,
    ) => Effect.Effect<ReadonlyArray<Change>>

    /** Returns at most `limit` of the changes that the target names (`Undo.selects`), the oldest first. */
    readonly readTarget: (userId: UserId, target: UndoTarget, limit: number) => Effect.Effect<ReadonlyArray<Change>>

    /** Returns at most `limit` changes of these things from a sequence number on, the oldest first. */
    readonly readFrom: (
      userId: UserId,
      entityIds: ReadonlyArray<TaskId | CategoryId>,
      from: SequenceNumber,
      limit: number,
    ) => Effect.Effect<ReadonlyArray<Change>>

    /**
     * Returns the present states of these tasks and categories, of all living categories, and the users of the `created`
     * categories: for each, at most `limit` living tasks that it is assigned to.
     */
    readonly presentStates: (
      userId: UserId,
      named: {
        readonly tasks: ReadonlyArray<TaskId>
        readonly categories: ReadonlyArray<CategoryId>
        readonly created: ReadonlyArray<CategoryId>
        readonly limit: number
      },
    ) => Effect.Effect<PresentStates>

    /**
     * Locks the user's history. Inside `UnitOfWork.atomically`, no other caller can change a task or category of the
     * user until the unit ends. A unit that writes several of them MUST call it before its first other statement.
     */
    readonly lock: (userId: UserId) => Effect.Effect<void, AccountNotFound>

    /**
     * Carries out steps of an undo plan in their order, records each as a change with its `undoes`, and returns the
     * version after each. The plan MUST have been made in the same unit of work, after `lock`. A step may change a
     * deleted task, and assign a deleted category. Steps are often of many tasks, and the unit should be short.
     */
    readonly carryOut: (
      userId: UserId,
      steps: ReadonlyArray<UndoStep>,
      at: Timestamp,
    ) => Effect.Effect<ReadonlyArray<Version>>
  }
>()("taskwright/ChangeRepository") {}
