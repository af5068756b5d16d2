/** The signal that an email request was recorded and waits to be handled. */
import { Context, Effect } from "effect"

/** Starts the handling of waiting requests. Without a worker the next pass over the outbox handles them. */
export const EmailRequestSignal = Context.Reference<{ readonly wake: Effect.Effect<void> }>(
  "taskwright/EmailRequestSignal",
  { defaultValue: () => ({ wake: Effect.void }) },
)
