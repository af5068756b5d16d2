/** The error of a text that is no cursor, shared by all lists that are read by cursor. */
import { Data } from "effect"

/** The text is not a cursor that this service made. */
export class InvalidCursor extends Data.TaggedError("InvalidCursor")<Record<never, never>> {}
