/** The errors that taking back changes can fail with. Nothing was done then. */
import { Data } from "effect"
import type { UndoObstacle } from "./UndoPlan.ts"

/** Another hand has worked on what the changes left. */
export class UndoConflict extends Data.TaggedError("UndoConflict")<{ readonly blocked: ReadonlyArray<UndoObstacle> }> {}

/** One of the changes is a purge. */
export class NotUndoable extends Data.TaggedError("NotUndoable")<{ readonly blocked: ReadonlyArray<UndoObstacle> }> {}

/**
 * The old values are gone, because the thing was purged since. If nothing is blocked, the history was cut: changes to
 * take back are no longer kept.
 */
export class UndoExpired extends Data.TaggedError("UndoExpired")<{ readonly blocked: ReadonlyArray<UndoObstacle> }> {}

/** There are more changes than one undo may take back, or than it may have to look at. */
export class UndoTooLarge extends Data.TaggedError("UndoTooLarge")<{
  readonly limit: number
  /** Which changes are too many: those to take back, or all of the same tasks and categories since. */
  readonly of: "target" | "history"
}> {}
