/** Runs effects concurrently in small steps, so that tests meet races. */
import { Effect, Scheduler } from "effect"

/** A fiber that yields spends two operations on its return, so with fewer than three it would never make progress. */
const operationsBeforeYield = 3

/** Runs the effects concurrently and switches after every step, so that each can meet the others in the middle. */
export const allAtOnce = <A, E, R>(effects: ReadonlyArray<Effect.Effect<A, E, R>>): Effect.Effect<Array<A>, E, R> =>
  Effect.all(effects, { concurrency: "unbounded" }).pipe(
    Effect.provideService(Scheduler.MaxOpsBeforeYield, operationsBeforeYield),
  )

/** Runs that many copies of the effect concurrently. */
export const timesAtOnce = <A, E, R>(times: number, effect: Effect.Effect<A, E, R>): Effect.Effect<Array<A>, E, R> =>
  allAtOnce(Array.from({ length: times }, () => effect))
