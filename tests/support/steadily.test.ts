/** Holds scenarios in real time to a second run on a late machine, and to no second run else. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { steadily } from "./steadily.ts"

const holdUp = (millis: number) =>
  Effect.sync(() => {
    const until = performance.now() + millis
    while (performance.now() < until);
  })

/** Fails at every run but the last, after it has run `before`. */
const failingUntil = (last: number, before: Effect.Effect<void>) => {
  let runs = 0
  const scenario = Effect.gen(function* () {
    runs += 1
    yield* Effect.sleep(20)
    yield* before
    yield* Effect.sleep(20)
    if (runs < last) expect.unreachable("not yet")
  })
  return { scenario, runs: () => runs }
}

describe("a scenario in real time", () => {
  it.live("is run again if its process was late", () =>
    Effect.gen(function* () {
      const { runs, scenario } = failingUntil(3, holdUp(200))
      yield* steadily(scenario)
      expect(runs()).toBe(3)
    }),
  )

  it.live("fails after twenty late runs", () =>
    Effect.gen(function* () {
      const { runs, scenario } = failingUntil(100, holdUp(100))
      const exit = yield* Effect.exit(steadily(scenario))
      expect(exit._tag).toBe("Failure")
      expect(runs()).toBe(20)
    }),
  )

  it.live("fails at once if it was in time", () =>
    Effect.gen(function* () {
      const { runs, scenario } = failingUntil(100, Effect.void)
      // On a busy machine a run may be late, but one of twenty runs is on time.
      const exit = yield* Effect.exit(steadily(scenario))
      expect(exit._tag).toBe("Failure")
      expect(runs()).toBeLessThan(20)
    }),
  )
})
