/** Reads the monotonic clock, for limits and lifetimes that belong to one process. */
import type { Clock } from "effect"

/**
 * Returns fractional milliseconds since an arbitrary start. They never go back, because a wall clock that is set back would
 * lengthen every limit by that much.
 */
export const monotonicMillis = (clock: Clock.Clock): number => Number(clock.monotonicTimeNanosUnsafe()) / 1_000_000
