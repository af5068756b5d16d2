/**
 * Runs scenarios in real time on machines that may be busy. A scenario says what happens within so many milliseconds, and
 * on a machine that was late itself its failure says nothing. So each one measures how late its process was: one that
 * fails in time fails, and one that was too late is run again from its beginning.
 */
import { it } from "@effect/vitest"
import { Context, Effect, Exit, type Scope } from "effect"

/** How late a scenario may have been for its failure to count, in milliseconds. */
const slackMillis = 50
const maximumRuns = 20
const lookMillis = 5

/** How long this scenario has waited on purpose; `passReal` adds to it. */
const PassedTime = Context.Reference<{ millis: number }>("taskwright/tests/PassedTime", {
  defaultValue: () => ({ millis: 0 }),
})

/** Waits for real, and counts it as time that the scenario meant to take. */
export const passReal = (millis: number): Effect.Effect<void> =>
  Effect.flatMap(PassedTime, (passed) => {
    passed.millis += millis
    return Effect.sleep(millis)
  })

/** Adds up by how much timers of this process are late, for as long as the scope lasts. */
const measureLateness = Effect.acquireRelease(
  Effect.sync(() => {
    const lateness = { millis: 0, timer: setInterval(() => look(), lookMillis) }
    let before = performance.now()
    const look = () => {
      const now = performance.now()
      lateness.millis += Math.max(0, now - before - 2 * lookMillis)
      before = now
    }
    return lateness
  }),
  ({ timer }) => Effect.sync(() => clearInterval(timer)),
)

/** Whether a run was late by more than the slack: its timers, or, where it waits by `passReal`, all that it did besides. */
const isLate = (timersMillis: number, passedMillis: number, elapsedMillis: number): boolean =>
  timersMillis > slackMillis || (passedMillis > 0 && elapsedMillis - passedMillis > slackMillis)

/** Runs the scenario until a run succeeds, or fails without having been late; 20 times at most. */
export const steadily = <A, E, R>(scenario: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> => {
  const run = (left: number): Effect.Effect<A, E, R> =>
    Effect.gen(function* () {
      const passed = { millis: 0 }
      const begun = performance.now()
      const { exit, timersMillis } = yield* Effect.scoped(
        Effect.gen(function* () {
          const lateness = yield* measureLateness
          const exit = yield* Effect.exit(Effect.provideService(scenario, PassedTime, passed))
          return { exit, timersMillis: lateness.millis }
        }),
      )
      if (Exit.isSuccess(exit) || left <= 1) return yield* exit
      return isLate(timersMillis, passed.millis, performance.now() - begun) ? yield* run(left - 1) : yield* exit
    })
  return run(maximumRuns)
}

/** Registers a scenario as a test in real time; each of its runs has what it opened for itself. */
export const liveScenario = (title: string, scenario: () => Effect.Effect<void, unknown, Scope.Scope>): void =>
  it.live(title, () => steadily(Effect.scoped(scenario())))
