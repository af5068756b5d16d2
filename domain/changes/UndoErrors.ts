/** The errors that taking back changes can fail with. Nothing was done then. */
import { Data } from "effect"
import type { UndoObstacle } from "./UndoPlan.ts"

/** Another hand has worked on what the changes left. */
export class UndoConflict extends Data.TaggedError("UndoConflict")<{ readonly blocked: ReadonlyArray<UndoObstacle> }> {}

/** One of the changes is a purge. */
export class NotUndoable extends Data.TaggedError("NotUndoable")<{ readonly blocked: ReadonlyArray<UndoObstacle> }> {}

/** The old values are gone, because the thing was purged since. */
export class UndoExpired extends Data.TaggedError("UndoExpired")<{ readonly blocked: ReadonlyArray<UndoObstacle> }> {}
