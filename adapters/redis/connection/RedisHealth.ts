/** Tracks whether Redis is available, and logs and counts its outages. */
import { Effect, Metric } from "effect"

const outagesTotal = Metric.counter("taskwright_redis_outages_total", {
  description: "How often Redis was found away.",
  incremental: true,
})

const up = Metric.gauge("taskwright_redis_up", { description: "1 while Redis is used, 0 while it is away." })

/** The health of Redis, shared by all users of the connection. */
export interface RedisHealth {
  readonly isUp: () => boolean
  /** Returns the number of outages so far, a current one included. After a change, Redis may have lost data. */
  readonly outages: () => number
  /** Records a failed command; returns true if Redis was not already unavailable. */
  readonly recordFailure: (reason: string) => boolean
  /** Records a successful probe. */
  readonly recordSuccess: () => void
}

/**
 * Redis counts as unavailable from the first failed command until a probe succeeds. Each start and each end of an
 * outage is logged and counted once, however many requests fail.
 */
export const makeRedisHealth = (where: string): Effect.Effect<RedisHealth> =>
  Effect.gen(function* () {
    const runFork = Effect.runForkWith(yield* Effect.context<never>())
    let state: "starting" | "up" | "unavailable" = "starting"
    let outages = 0
    let unavailableSince = 0
    return {
      isUp: () => state === "up",
      outages: () => outages,
      recordFailure: (reason) => {
        if (state === "unavailable") return false
        state = "unavailable"
        outages += 1
        unavailableSince = performance.now()
        runFork(
          Effect.logWarning(
            `Redis at ${where} is away (${reason}): until it is back, this process goes by itself.`,
          ).pipe(Effect.andThen(Metric.update(outagesTotal, 1)), Effect.andThen(Metric.update(up, 0))),
        )
        return true
      },
      recordSuccess: () => {
        if (state === "up") return
        const wasUnavailable = state === "unavailable"
        state = "up"
        const seconds = ((performance.now() - unavailableSince) / 1000).toFixed(1)
        runFork(
          Effect.logInfo(
            wasUnavailable ? `Redis at ${where} is back after ${seconds} s.` : `Connected to Redis at ${where}.`,
          ).pipe(Effect.andThen(Metric.update(up, 1))),
        )
      },
    }
  })
