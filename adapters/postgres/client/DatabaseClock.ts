// Gives a process the time by the clock of the database that it shares with others.
import { PgClient } from "@effect/sql-pg"
import { Clock, Effect, Layer, Schedule } from "effect"
import { type Timestamp, toMillis } from "../../../domain/shared/Timestamp.ts"
import { statementsOn } from "./PostgresStatements.ts"
import { statement } from "./Statement.ts"

/** How often the difference is measured, in milliseconds: a process's clock may be set while it runs. */
const intervalMillis = 1_000
const firstSamples = 3
/** A sample that took longer than this, in milliseconds, is too inexact to use. */
const longestSampleMillis = 5_000
/** From this difference on, in milliseconds, an operator is warned. */
const remarkableMillis = 30_000

const select = statement("clock.time", "SELECT clock_timestamp() AS time")

/**
 * Returns the difference between two clocks, in milliseconds, which lies between the two bounds. The old value stays as
 * long as it is within them, so that the time does not jump with each measurement.
 */
export const nextOffset = (offset: number, least: number, most: number): number =>
  offset >= least && offset <= most ? offset : (least + most) / 2

/** Returns the clock shifted ahead by `offset`. Timers and monotonic time are not shifted. */
const shiftClock = (clock: Clock.Clock, offset: () => number): Clock.Clock => {
  const currentTimeMillisUnsafe = () => Math.round(clock.currentTimeMillisUnsafe() + offset())
  const currentTimeNanosUnsafe = () => clock.currentTimeNanosUnsafe() + BigInt(Math.round(offset() * 1_000_000))
  return {
    currentTimeMillisUnsafe,
    currentTimeMillis: Effect.sync(currentTimeMillisUnsafe),
    currentTimeNanosUnsafe,
    currentTimeNanos: Effect.sync(currentTimeNanosUnsafe),
    monotonicTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe(),
    monotonicTimeNanos: clock.monotonicTimeNanos,
    sleep: (duration) => clock.sleep(duration),
  }
}

/**
 * Replaces Effect's `Clock` with one that follows the database's, to within a round trip. Then times that one process
 * stores and another compares (expiries, leases, the `iat` of tokens) come from one clock. This holds even if the
 * processes' clocks differ by minutes or are set while they run. While the database is unavailable, the last difference
 * stays in use.
 */
export const layer: Layer.Layer<never, never, PgClient.PgClient> = Layer.effect(
  Clock.Clock,
  Effect.gen(function* () {
    const clock = yield* Clock.Clock
    // The statement belongs to no table, so that it never waits behind a statement that waits for a lock.
    const database = statementsOn(yield* PgClient.PgClient, "clock")
    let offset = 0
    let isRemarkable = false

    const measure = Effect.gen(function* () {
      const before = clock.currentTimeMillisUnsafe()
      const beganAt = clock.monotonicTimeNanosUnsafe()
      const [row] = yield* database.read<{ readonly time: Timestamp }>(select, [])
      const tookMillis = Number(clock.monotonicTimeNanosUnsafe() - beganAt) / 1_000_000
      const after = clock.currentTimeMillisUnsafe()
      // A sample is useless if the clock was set during it.
      const wasSet = Math.abs(after - before - tookMillis) > longestSampleMillis
      if (row === undefined || wasSet || tookMillis > longestSampleMillis) return
      const time = toMillis(row.time)
      // The database's time is truncated to the millisecond, like this process's.
      offset = nextOffset(offset, time - 1 - after, time + 1 - before)
      const wasRemarkable = isRemarkable
      isRemarkable = Math.abs(offset) > remarkableMillis
      if (isRemarkable && !wasRemarkable) {
        yield* Effect.logWarning(
          `The clock of this machine differs from the database's by ${Math.round(-offset / 1000)} s; the database's counts.`,
        )
      }
    })

    yield* Effect.repeat(measure, { times: firstSamples - 1 })
    yield* measure.pipe(
      // Other parts report that the database is unavailable.
      Effect.catchCause(() => Effect.void),
      Effect.repeat(Schedule.spaced(intervalMillis)),
      Effect.forkScoped,
    )
    return shiftClock(clock, () => offset)
  }),
)
