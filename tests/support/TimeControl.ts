import type { Effect } from "effect"
import { TestClock } from "effect/testing"

/**
 * How a suite lets time pass. With Effect's test clock it jumps; an adapter whose store keeps its own time waits for
 * real, and then `excludeTestServices` has to be true.
 */
export interface TimeControl {
  readonly pass: (millis: number) => Effect.Effect<void>
  readonly excludeTestServices: boolean
}

export const testTime: TimeControl = { pass: (millis) => TestClock.adjust(millis), excludeTestServices: false }
