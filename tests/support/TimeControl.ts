/** Lets one contract suite run on the test clock or in real time. */
import type { Vitest } from "@effect/vitest"
import type { Effect } from "effect"
import { TestClock } from "effect/testing"

/**
 * How a suite lets time pass. Effect's test clock jumps. An adapter with a store that keeps its own time waits in
 * real time, and then `excludeTestServices` MUST be true.
 */
export interface TimeControl {
  readonly pass: (millis: number) => Effect.Effect<void>
  readonly excludeTestServices: boolean
  /** Runs a test in real time, and again if the machine was too slow for it. Not needed if time jumps. */
  readonly scenario?: <A, E, R>(test: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

/** Registers tests that let time pass with this control. */
export const timedTests =
  <R>(it: Vitest.MethodsNonLive<R>, { scenario = (test) => test }: TimeControl) =>
  (title: string, test: () => Effect.Effect<void, unknown, R>): void =>
    it.effect(title, () => scenario(test()))

export const testTime: TimeControl = { pass: (millis) => TestClock.adjust(millis), excludeTestServices: false }
