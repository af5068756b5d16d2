/** The errors of cursors, shared by all lists that are read by cursor. */
import { Data } from "effect"

/** The text is not a cursor that this service made. */
export class InvalidCursor extends Data.TaggedError("InvalidCursor")<Record<never, never>> {}

/** The cursor belongs to a list with another sort, order or filter. */
export class CursorMismatch extends Data.TaggedError("CursorMismatch")<Record<never, never>> {}
