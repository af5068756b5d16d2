import { Effect, Metric } from "effect"

const outagesTotal = Metric.counter("taskwright_redis_outages_total", {
  description: "How often Redis was found away.",
  incremental: true,
})

const up = Metric.gauge("taskwright_redis_up", { description: "1 while Redis is used, 0 while it is away." })

/** What is known of Redis, for all who use the connection. */
export interface RedisHealth {
  readonly isUp: () => boolean
  /** How many times Redis went away, now counted too: a change says that it may have lost what it knew. */
  readonly outages: () => number
  /** Something was asked in vain. Answers whether that is news. */
  readonly failed: (reason: string) => boolean
  /** All is as it should be. */
  readonly succeeded: () => void
}

/**
 * Redis is away from the first thing that is asked in vain until a probe succeeds. Each beginning and each end is
 * logged and counted once, however many requests meet it.
 */
export const makeRedisHealth = (where: string): Effect.Effect<RedisHealth> =>
  Effect.gen(function* () {
    const runFork = Effect.runForkWith(yield* Effect.context<never>())
    let state: "starting" | "up" | "away" = "starting"
    let outages = 0
    let awaySince = 0
    return {
      isUp: () => state === "up",
      outages: () => outages,
      failed: (reason) => {
        if (state === "away") return false
        state = "away"
        outages += 1
        awaySince = performance.now()
        runFork(
          Effect.logWarning(
            `Redis at ${where} is away (${reason}): until it is back, this process goes by itself.`,
          ).pipe(Effect.andThen(Metric.update(outagesTotal, 1)), Effect.andThen(Metric.update(up, 0))),
        )
        return true
      },
      succeeded: () => {
        if (state === "up") return
        const wasAway = state === "away"
        state = "up"
        const seconds = ((performance.now() - awaySince) / 1000).toFixed(1)
        runFork(
          (wasAway ? Effect.logInfo(`Redis at ${where} is back after ${seconds} s.`) : Effect.void).pipe(
            Effect.andThen(Metric.update(up, 1)),
          ),
        )
      },
    }
  })
