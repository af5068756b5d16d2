/** Limits the duration of database calls cheaply. */
import { Effect, Fiber } from "effect"

/**
 * Runs the effect for at most `millis` milliseconds, then interrupts it and runs `late` instead.
 *
 * Works like `Effect.timeoutOrElse`, which forks two fibers and would double the cost of a short statement; this one
 * forks one. It also limits an effect in an uninterruptible region (a COMMIT). It uses real time, whatever clock the
 * program has, because the database does not know of that clock.
 */
export const withTimeout = <A, E, R, B, E2>(
  effect: Effect.Effect<A, E, R>,
  millis: number,
  onTimeout: () => Effect.Effect<B, E2>,
): Effect.Effect<A | B, E | E2, R> =>
  Effect.flatMap(Effect.context<R>(), (context) =>
    Effect.callback<A | B, E | E2>((resume) => {
      const fiber = Effect.runForkWith(context)(effect)
      const timer = setTimeout(() => {
        resume(Effect.suspend(onTimeout))
        fiber.interruptUnsafe()
      }, millis)
      fiber.addObserver((exit) => {
        clearTimeout(timer)
        resume(exit)
      })
      return Effect.suspend(() => {
        clearTimeout(timer)
        return Fiber.interrupt(fiber)
      })
    }),
  )
