/** Defines the JSON form of how a change was merged, and how to make it from the domain's. */
import { Schema } from "effect"
import type { TaskValues } from "../../../../domain/changes/EntityState.ts"
import type { Merge } from "../../../../domain/changes/StaleVersion.ts"
import { TaskFieldName, toTaskFieldNames } from "./RecordedValues.ts"

/** How a change of a task was merged. */
export const MergeResource = Schema.Struct({
  base_version: Schema.Int.annotate({ description: "The version that the change was made for.", examples: [1] }),
  onto_version: Schema.Int.annotate({ description: "The version that it was applied to.", examples: [2] }),
  kept: Schema.Array(TaskFieldName).annotate({
    description: "The fields that were changed since `base_version`. They keep their values.",
    examples: [["priority"]],
  }),
}).annotate({ identifier: "Merge", description: "How the change was merged." })
export interface MergeResource extends Schema.Schema.Type<typeof MergeResource> {}

export const toMergeResource = ({ base, kept, onto }: Merge<TaskValues>): MergeResource => ({
  base_version: base,
  onto_version: onto,
  kept: toTaskFieldNames(kept),
})
