import { Effect, Fiber } from "effect"

/**
 * Lets the effect run for at most so many milliseconds; then it is interrupted, and `late` is what comes instead.
 *
 * As `Effect.timeoutOrElse`, which forks two fibers and would double what a short statement costs this process; this
 * one forks one. It also bounds an effect inside an uninterruptible region (a COMMIT), and goes by real time, whatever
 * clock the program has been given: the database does not know of that one.
 */
export const within = <A, E, R, B, E2>(
  effect: Effect.Effect<A, E, R>,
  millis: number,
  late: () => Effect.Effect<B, E2>,
): Effect.Effect<A | B, E | E2, R> =>
  Effect.flatMap(Effect.context<R>(), (context) =>
    Effect.callback<A | B, E | E2>((resume) => {
      const fiber = Effect.runForkWith(context)(effect)
      const timer = setTimeout(() => {
        resume(Effect.suspend(late))
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
