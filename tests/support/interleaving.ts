import { Effect, Scheduler } from "effect"

/** A fiber that yields spends two operations on coming back, so fewer than three would never get it anywhere. */
const operationsBeforeYield = 3

/** Runs the effects at once, taking turns after every step, so that each can meet the others in the middle. */
export const allAtOnce = <A, E, R>(effects: ReadonlyArray<Effect.Effect<A, E, R>>): Effect.Effect<Array<A>, E, R> =>
  Effect.all(effects, { concurrency: "unbounded" }).pipe(
    Effect.provideService(Scheduler.MaxOpsBeforeYield, operationsBeforeYield),
  )

/** Runs the effect that many times at once. */
export const timesAtOnce = <A, E, R>(times: number, effect: Effect.Effect<A, E, R>): Effect.Effect<Array<A>, E, R> =>
  allAtOnce(Array.from({ length: times }, () => effect))
