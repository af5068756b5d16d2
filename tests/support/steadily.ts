/**
 * Runs scenarios in real time on machines that may be busy. A scenario says what happens within so many
 * milliseconds. If the machine itself was late, a failure proves nothing. So each scenario measures how late its
 * process was. One that fails on time fails. One that was too late runs again from its beginning.
 */
import { it } from "@effect/vitest"
import { Context, Effect, Exit, type Scope } from "effect"

/** How late a scenario may be, in milliseconds, so that its failure still counts. */
const slackMillis = 50
const maximumRuns = 20
const lookMillis = 5

/** How long this scenario has waited on purpose. `passReal` adds to it. */
const PassedTime = Context.Reference<{ millis: number }>("taskwright/tests/PassedTime", {
  defaultValue: () => ({ millis: 0 }),
})

/** Waits in real time, and counts it as time that the scenario meant to take. */
export const passReal = (millis: number): Effect.Effect<void> =>
  Effect.flatMap(PassedTime, (passed) => {
    passed.millis += millis
    return Effect.sleep(millis)
  })

/** Adds up how late this process's timers are, until the scope closes. */
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

/**
 * Whether a run was late by more than the slack. Counts its timers, or, if it waits with `passReal`, all its other
 * work.
 */
const isLate = (timersMillis: number, passedMillis: number, elapsedMillis: number): boolean =>
  timersMillis > slackMillis || (passedMillis > 0 && elapsedMillis - passedMillis > slackMillis)

/** Runs the scenario until a run succeeds, or fails without having been late. Stops after 20 runs. */
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

/** Registers a scenario as a test in real time. Each run opens resources of its own. */
export const liveScenario = (title: string, scenario: () => Effect.Effect<void, unknown, Scope.Scope>): void =>
  it.live(title, () => steadily(Effect.scoped(scenario())))
