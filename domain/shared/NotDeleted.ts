/** The error for restoring a resource that is not deleted, shared by tasks and categories. */
import { Data } from "effect"

/** The resource exists and is not deleted, so there is nothing to restore. */
export class NotDeleted extends Data.TaggedError("NotDeleted")<{ readonly resource: "task" | "category" }> {}
