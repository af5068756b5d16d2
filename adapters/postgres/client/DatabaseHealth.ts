/** Tracks whether the PostgreSQL server can be reached, and logs and counts its outages. */
import { Effect } from "effect"
import { counter, gauge } from "../../telemetry/Metrics.ts"
import { makeOutageTracker } from "../../telemetry/OutageTracker.ts"

/**
 * For how long every connection must open before an outage counts as over, in milliseconds. A server with too few
 * connections serves some statements and refuses others.
 */
const quietMillis = 1_000

/**
 * How long the server has sent nothing if a statement without a response is an outage, in milliseconds. Until then the
 * statement may wait behind others for a lock.
 */
const silenceMillis = 1_000

/** The health of the server, as the statements of one pool find it. Times are those of `performance.now`. */
export interface DatabaseHealth {
  /** Records that the server responded to a statement, with rows or with an error. */
  readonly recordResponse: (at: number) => void
  /** Records that no connection could be opened for a statement. */
  readonly recordFailure: (at: number, reason: string) => void
  /** Records that a statement got no response in time. */
  readonly recordTimeout: (at: number, reason: string) => void
}

/**
 * The server counts as away from the first connection that cannot be opened. It is back with the first response after a
 * second without another one. Each start and each end of an outage is logged and counted once.
 */
export const makeDatabaseHealth = (where: string): Effect.Effect<DatabaseHealth> =>
  Effect.gen(function* () {
    const tracker = yield* makeOutageTracker({
      connected: null,
      away: (reason) => `The database at ${where} is away (${reason}): requests that need it get 503.`,
      back: (seconds) => `The database at ${where} is back after ${seconds} s.`,
    })
    const outages = counter("taskwright_database_outages_total", "How often the PostgreSQL server was found away.")
    const up = gauge("taskwright_database_up", "1 while the PostgreSQL server can be reached, 0 while it is away.")
    up.set(1)
    let lastFailureAt = 0
    let lastResponseAt = performance.now()

    const recordFailure = (at: number, reason: string): void => {
      lastFailureAt = at
      if (!tracker.recordFailure(reason, at)) return
      outages.add(1)
      up.set(0)
    }
    return {
      recordFailure,
      recordTimeout: (at, reason) => {
        if (at - lastResponseAt > silenceMillis) recordFailure(at, reason)
      },
      recordResponse: (at) => {
        lastResponseAt = at
        if (tracker.state() === "away" && at - lastFailureAt < quietMillis) return
        if (tracker.recordSuccess(at)) up.set(1)
      },
    }
  })
