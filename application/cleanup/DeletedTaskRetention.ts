/** The setting for how long deleted tasks can be restored. */
import { Context } from "effect"

/**
 * How long a deleted task stays stored, in milliseconds. The default is 30 days; a composition root may provide another
 * value.
 */
export const DeletedTaskRetention = Context.Reference<number>("taskwright/DeletedTaskRetention", {
  defaultValue: () => 30 * 24 * 60 * 60 * 1000,
})
