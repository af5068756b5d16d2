/** Implements `RateLimiter` on Redis, with the given in-memory limiter as the fallback. */
import { Effect, Layer } from "effect"
import { type ConsumeResult, type RateLimit, RateLimiter, unitsOf } from "../../application/shared/RateLimiter.ts"
import { RedisConnection } from "./connection/RedisConnection.ts"
import { consume } from "./scripts/RateLimitScript.ts"

/**
 * An exact sliding window that all processes on one Redis share, by Redis's clock, in one round trip. While Redis is
 * unavailable, each process limits on its own: its own limiter has counted every request that this process allowed. For
 * one window after an outage both limiters decide, because Redis may have lost its counts.
 */
export const layer: Layer.Layer<RateLimiter, never, RedisConnection | RateLimiter> = Layer.effect(
  RateLimiter,
  Effect.gen(function* () {
    const redis = yield* RedisConnection
    const local = yield* RateLimiter
    let knownOutages = redis.outages()
    let doubtUntil = 0

    const isInDoubt = (windowMillis: number): boolean => {
      const now = performance.now()
      if (redis.outages() !== knownOutages) {
        knownOutages = redis.outages()
        doubtUntil = now + windowMillis
      }
      return now < doubtUntil
    }

    const consumeShared = (key: string, rateLimit: RateLimit, cost: number) => {
      const { limit, windowMillis } = rateLimit
      return Effect.map(
        redis.command(({ run }) =>
          run(consume, [redis.key(key, "rate")], [limit, windowMillis, unitsOf(cost, rateLimit)]),
        ),
        (reply) => toConsumeResult(reply as ScriptReply, rateLimit),
      )
    }

    return RateLimiter.of({
      consume: (key, rateLimit, cost = 1) =>
        Effect.suspend(() => {
          const consumeLocal = local.consume(key, rateLimit, cost)
          if (!redis.isUp()) return consumeLocal
          const shared = consumeShared(key, rateLimit, cost)
          if (isInDoubt(rateLimit.windowMillis)) {
            return Effect.flatMap(consumeLocal, (result) =>
              result.isAllowed
                ? Effect.matchEager(shared, {
                    onFailure: () => result,
                    onSuccess: (other) => stricterOf(result, other),
                  })
                : Effect.succeed(result),
            )
          }
          return Effect.matchEffect(shared, {
            onFailure: () => consumeLocal,
            onSuccess: (result) => (result.isAllowed ? Effect.as(consumeLocal, result) : Effect.succeed(result)),
          })
        }),
    })
  }),
)

type ScriptReply = readonly [allowed: 0 | 1, count: number, resetMicros: number, retryMicros: number]

const toConsumeResult = (
  [allowed, count, resetMicros, retryMicros]: ScriptReply,
  { limit, windowMillis }: RateLimit,
): ConsumeResult => ({
  isAllowed: allowed === 1,
  limit,
  windowMillis,
  remaining: Math.max(limit - count, 0),
  resetAfterMillis: Math.ceil(resetMicros / 1000),
  retryAfterMillis: Math.ceil(retryMicros / 1000),
})

const stricterOf = (one: ConsumeResult, other: ConsumeResult): ConsumeResult =>
  one.isAllowed && (!other.isAllowed || other.remaining < one.remaining) ? other : one
