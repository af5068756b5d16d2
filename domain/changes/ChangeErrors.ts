/** The errors that reading, merging and taking back changes can fail with. */
import { Data } from "effect"
import type { Version } from "../shared/Version.ts"

/** A change after the cursor is no longer kept. The caller has to read a new snapshot. */
export class CursorExpired extends Data.TaggedError("CursorExpired")<Record<never, never>> {}

/** The cursor belongs to another history: of another server, or from before a backup was restored. */
export class CursorReset extends Data.TaggedError("CursorReset")<Record<never, never>> {}

/** The caller names a version that does not exist yet. */
export class UnknownVersion extends Data.TaggedError("UnknownVersion")<{
  readonly version: Version
  readonly current: Version
}> {}

/** The user has no such change, no batch of that id, or no change of that actor since then. */
export class ChangeNotFound extends Data.TaggedError("ChangeNotFound")<Record<never, never>> {}
