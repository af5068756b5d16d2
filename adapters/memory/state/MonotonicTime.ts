import { Clock, type Fiber } from "effect"

/**
 * Milliseconds, with fractions, by the fiber's clock, from some moment on. They never go back: a wall clock that is set
 * back would lock callers out for as long.
 */
export const monotonicMillis = (fiber: Fiber.Fiber<unknown, unknown>): number =>
  Number(fiber.getRef(Clock.Clock).monotonicTimeNanosUnsafe()) / 1_000_000
