/** The setting for how long a request can be repeated by its idempotency key. */
import { Context } from "effect"

/** How long an idempotency key is remembered, in milliseconds. The default is 24 hours. */
export const IdempotencyRetention = Context.Reference<number>("taskwright/IdempotencyRetention", {
  defaultValue: () => 24 * 60 * 60 * 1000,
})
