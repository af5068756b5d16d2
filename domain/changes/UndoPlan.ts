/** What undo is asked for, and the plan that it answers with. */
import { Data } from "effect"
import type { CategoryId } from "../categories/CategoryId.ts"
import type { Timestamp } from "../shared/Timestamp.ts"
import type { Version } from "../shared/Version.ts"
import type { TaskId } from "../tasks/TaskId.ts"
import type { Actor, ActorReference } from "./Actor.ts"
import type { BatchId } from "./BatchId.ts"
import type { Change } from "./Change.ts"
import type { ChangeId } from "./ChangeId.ts"
import type { Entity, EntityId, EntityState, Field, Values } from "./EntityState.ts"

/** The changes to take back: one, those of a batch, or those that a session or token has made since a time. */
export type UndoTarget = Data.TaggedEnum<{
  OneChange: { readonly changeId: ChangeId }
  Batch: { readonly batchId: BatchId }
  SinceTime: { readonly actor: ActorReference; readonly since: Timestamp }
}>
export const UndoTarget = Data.taggedEnum<UndoTarget>()

/** A user's tasks and categories at the moment of the undo. */
export interface PresentStates {
  /** Every task that the history names, deleted ones included. One that is missing counts as purged. */
  readonly tasks: ReadonlyMap<TaskId, EntityState<"task">>
  /** All living categories of the user, and every category that the history names, deleted ones included. */
  readonly categories: ReadonlyMap<CategoryId, EntityState<"category">>
  /**
   * Of each category that a change to take back created: the living tasks that it is assigned to. A list may end after
   * one task more than the history names.
   */
  readonly usedBy: ReadonlyMap<CategoryId, ReadonlyArray<TaskId>>
}

export interface UndoRequest {
  readonly target: UndoTarget
  /**
   * All changes of every thing that the target names, from the first change to take back until now, the oldest first.
   * They include those of other actors.
   */
  readonly history: ReadonlyArray<Change>
  readonly present: PresentStates
  /** Whether to take back the rest if a part is blocked. Otherwise nothing is done then. */
  readonly isPartial: boolean
}

/**
 * One write of a plan. It is stored as any other write, and its change names `undoes`. A rule for new input, such as a
 * due date in the future, does not hold for it. It may update a deleted thing, and assign a deleted category: like every
 * assignment of such a category, this shows when the category is restored.
 */
export type UndoStep = { readonly [E in Entity]: UndoStepOf<E> }[Entity]

export type UndoStepOf<E extends Entity> = {
  readonly entity: E
  readonly entityId: EntityId<E>
  readonly undoes: ChangeId
} & (
  | { readonly op: "updated"; readonly patch: Partial<Values<E>> }
  | { readonly op: "deleted" }
  | { readonly op: "restored" }
)

/**
 * Why a part is not taken back.
 *
 * - `changed`: another hand has changed the fields since, or the created or restored thing.
 * - `deleted_again`: another hand has restored the thing and deleted it again.
 * - `in_use`: the created category is assigned to other tasks.
 * - `name_taken`: another category has the name.
 * - `category_gone`: the categories are deleted, so the task does not show them. This blocks nothing.
 * - `purged`: the change itself is a purge, which cannot be taken back.
 * - `expired`: the thing was purged since, and its old values with it.
 */
export type UndoObstacleReason =
  | "changed"
  | "deleted_again"
  | "in_use"
  | "name_taken"
  | "category_gone"
  | "purged"
  | "expired"

/** A part of the target that is not taken back. */
export type UndoObstacle = { readonly [E in Entity]: UndoObstacleOf<E> }[Entity]

export interface UndoObstacleOf<E extends Entity> {
  /** The first of the changes to take back of this thing. */
  readonly changeId: ChangeId
  readonly entity: E
  readonly entityId: EntityId<E>
  readonly reason: UndoObstacleReason
  /** The fields that keep their present values. Empty if only the creation, deletion or restoration stays. */
  readonly fields: ReadonlyArray<Field<Values<E>>>
  /** The deleted categories, for `category_gone`. */
  readonly categoryIds: ReadonlyArray<CategoryId>
  /** Null if the thing was purged. */
  readonly currentVersion: Version | null
  /** The actor of the last change that is in the way. Null if it is unknown. */
  readonly by: Actor | null
}

/** A thing that the plan changes, under the first of the changes that it takes back. */
export type Undone = { readonly [E in Entity]: UndoneOf<E> }[Entity]

export interface UndoneOf<E extends Entity> {
  readonly changeId: ChangeId
  readonly entity: E
  readonly entityId: EntityId<E>
}

/** What to do, in this order. Nothing is left to do if all of it was taken back before. */
export interface UndoPlan {
  readonly steps: ReadonlyArray<UndoStep>
  readonly undone: ReadonlyArray<Undone>
  readonly skipped: ReadonlyArray<UndoObstacle>
}
