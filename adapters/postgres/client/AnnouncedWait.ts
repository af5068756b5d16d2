/** Reports what the start waits for, so that a silent process is not mistaken for a hanging one. */
import { Effect, Fiber } from "effect"

const quietMillis = 1_000

/** Runs the effect. If it takes longer than a second, logs once what it waits for. */
export const announceWait =
  (what: string) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    // A scope of its own would close resources that the effect leaves open.
    Effect.acquireUseRelease(
      Effect.forkChild(Effect.delay(Effect.logInfo(`Waiting for ${what}`), quietMillis)),
      () => effect,
      Fiber.interrupt,
    )
