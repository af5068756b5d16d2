/** Tracks whether Redis is available, and logs and counts its outages. */
import { Effect, Metric } from "effect"
import { makeOutageTracker } from "../../telemetry/OutageTracker.ts"

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
    const update = Effect.runForkWith(yield* Effect.context<never>())
    const tracker = yield* makeOutageTracker({
      connected: `Connected to Redis at ${where}.`,
      away: (reason) => `Redis at ${where} is away (${reason}): until it is back, this process goes by itself.`,
      back: (seconds) => `Redis at ${where} is back after ${seconds} s.`,
    })
    let outages = 0
    return {
      isUp: () => tracker.state() === "up",
      outages: () => outages,
      recordFailure: (reason) => {
        if (!tracker.recordFailure(reason)) return false
        outages += 1
        update(Effect.andThen(Metric.update(outagesTotal, 1), Metric.update(up, 0)))
        return true
      },
      recordSuccess: () => {
        if (tracker.recordSuccess()) update(Metric.update(up, 1))
      },
    }
  })
