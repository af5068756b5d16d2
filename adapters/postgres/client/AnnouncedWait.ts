/** Says what a start is waiting for, so that a process that prints nothing is not taken for one that hangs. */
import { Effect, Fiber } from "effect"

const silentMillis = 1_000

/** Runs the effect; if it takes longer than a second, logs once what it waits for. */
export const announceWait =
  (what: string) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    // A scope of its own would end what the effect keeps open.
    Effect.acquireUseRelease(
      Effect.forkChild(Effect.delay(Effect.logInfo(`Waiting for ${what}`), silentMillis)),
      () => effect,
      Fiber.interrupt,
    )
