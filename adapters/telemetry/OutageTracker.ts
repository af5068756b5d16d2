/** Tracks whether a server that this process depends on can be used, and logs each change once. */
import { Effect } from "effect"

/** The lines of the log about a server. */
export interface OutageLines {
  /** The first success. Null if another part logs it. */
  readonly connected: string | null
  readonly away: (reason: string) => string
  readonly back: (seconds: string) => string
}

/** Times are those of `performance.now`. */
export interface OutageTracker {
  readonly state: () => "starting" | "up" | "away"
  /** Records a failure. Returns true if it begins an outage. */
  readonly recordFailure: (reason: string, at?: number) => boolean
  /** Records a success. Returns true if the server was not known to be up. */
  readonly recordSuccess: (at?: number) => boolean
}

/** The server counts as away from the first failure until a success. However many requests fail, that is two lines. */
export const makeOutageTracker = (lines: OutageLines): Effect.Effect<OutageTracker> =>
  Effect.gen(function* () {
    // The lines are about the server, so they have no annotations of the request that found out.
    const log = Effect.runForkWith(yield* Effect.context<never>())
    let state: ReturnType<OutageTracker["state"]> = "starting"
    let awaySince = 0
    return {
      state: () => state,
      recordFailure: (reason, at = performance.now()) => {
        if (state === "away") return false
        state = "away"
        awaySince = at
        log(Effect.logWarning(lines.away(reason)))
        return true
      },
      recordSuccess: (at = performance.now()) => {
        if (state === "up") return false
        const line = state === "away" ? lines.back(((at - awaySince) / 1000).toFixed(1)) : lines.connected
        state = "up"
        if (line !== null) log(Effect.logInfo(line))
        return true
      },
    }
  })
