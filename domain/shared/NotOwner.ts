import { Data } from "effect"

/** It exists, and belongs to somebody else. */
export class NotOwner extends Data.TaggedError("NotOwner")<{ readonly resource: "task" | "category" }> {}
