/** The error for a resource of another user, shared by tasks and categories. */
import { Data } from "effect"

/** The resource exists but belongs to another user. */
export class NotOwner extends Data.TaggedError("NotOwner")<{ readonly resource: "task" | "category" }> {}
