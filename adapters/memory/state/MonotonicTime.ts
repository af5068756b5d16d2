/** Reads the monotonic clock for the limits and lifetimes in this folder. */
import { Clock, type Fiber } from "effect"

/**
 * Returns fractional milliseconds since an arbitrary start, by the fiber's clock. They never go back, because a wall
 * clock that is set back would lock callers out for that long.
 */
export const monotonicMillis = (fiber: Fiber.Fiber<unknown, unknown>): number =>
  Number(fiber.getRef(Clock.Clock).monotonicTimeNanosUnsafe()) / 1_000_000
