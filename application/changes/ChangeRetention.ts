/** The setting for how long changes are kept. */
import { Context } from "effect"

/**
 * How long a change stays stored, in milliseconds. The default is 90 days; a composition root may provide another value,
 * at least `DeletedTaskRetention`.
 */
export const ChangeRetention = Context.Reference<number>("taskwright/ChangeRetention", {
  defaultValue: () => 90 * 24 * 60 * 60 * 1000,
})
