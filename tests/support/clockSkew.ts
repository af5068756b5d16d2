/** Simulates processes on machines with clocks that disagree. */
import { Clock, Effect } from "effect"

/** By how much the clock of one process may differ from another's, in both directions, in milliseconds. */
export const skewsMillis = [-10 * 60_000, 10 * 60_000] as const

/**
 * Makes a clock that differs from the given clock by that many milliseconds, which may change. Its timers do not
 * differ.
 */
export const skewedClock = (
  clock: Clock.Clock,
  skewMillis: () => number,
  monotonicSkewMillis: () => number = () => 0,
): Clock.Clock => {
  const currentTimeMillisUnsafe = () => clock.currentTimeMillisUnsafe() + skewMillis()
  const currentTimeNanosUnsafe = () => clock.currentTimeNanosUnsafe() + BigInt(skewMillis()) * 1_000_000n
  const monotonicTimeNanosUnsafe = () => clock.monotonicTimeNanosUnsafe() + BigInt(monotonicSkewMillis()) * 1_000_000n
  return {
    currentTimeMillisUnsafe,
    currentTimeMillis: Effect.sync(currentTimeMillisUnsafe),
    currentTimeNanosUnsafe,
    currentTimeNanos: Effect.sync(currentTimeNanosUnsafe),
    monotonicTimeNanosUnsafe,
    monotonicTimeNanos: Effect.sync(monotonicTimeNanosUnsafe),
    sleep: (duration) => clock.sleep(duration),
  }
}

/** Runs the effect as a process with a clock that differs by that many milliseconds. */
export const withClockSkew =
  (skewMillis: number) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.clockWith((clock) =>
      Effect.provideService(
        effect,
        Clock.Clock,
        skewedClock(clock, () => skewMillis),
      ),
    )
