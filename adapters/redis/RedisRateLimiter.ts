/** Implements `RateLimiter` on Redis, with the given in-memory limiter as the fallback. */
import { Effect, Layer } from "effect"
import { type ConsumeResult, type RateLimit, RateLimiter } from "../../application/shared/RateLimiter.ts"
import { RedisConnection } from "./connection/RedisConnection.ts"
import { take } from "./scripts/RateLimitScript.ts"

/**
 * An exact sliding window that all processes on one Redis share, by Redis's clock, in one round trip. While Redis is
 * unavailable, each process limits on its own: its own limiter has counted every request that this process allowed. For
 * one window after an outage both limiters decide, because Redis may have lost its counts.
 */
export const layer: Layer.Layer<RateLimiter, never, RedisConnection | RateLimiter> = Layer.effect(
  RateLimiter,
  Effect.gen(function* () {
    const redis = yield* RedisConnection
    const own = yield* RateLimiter
    let knownOutages = redis.outages()
    let isDoubtedUntil = 0

    const isInDoubt = (windowMillis: number): boolean => {
      const now = performance.now()
      if (redis.outages() !== knownOutages) {
        knownOutages = redis.outages()
        isDoubtedUntil = now + windowMillis
      }
      return now < isDoubtedUntil
    }

    const takeShared = (key: string, rateLimit: RateLimit) =>
      Effect.map(
        redis.ask(({ run }) => run(take, [redis.key(key, "rate")], [rateLimit.limit, rateLimit.windowMillis])),
        (answer) => quotaOf(answer as TakeAnswer, rateLimit),
      )

    return RateLimiter.of({
      consume: (key, rateLimit) =>
        Effect.suspend(() => {
          const takeOwn = own.consume(key, rateLimit)
          if (!redis.isUp()) return takeOwn
          const shared = takeShared(key, rateLimit)
          if (isInDoubt(rateLimit.windowMillis)) {
            return Effect.flatMap(takeOwn, (quota) =>
              quota.isAllowed
                ? Effect.matchEager(shared, { onFailure: () => quota, onSuccess: (other) => stricter(quota, other) })
                : Effect.succeed(quota),
            )
          }
          return Effect.matchEffect(shared, {
            onFailure: () => takeOwn,
            onSuccess: (quota) => (quota.isAllowed ? Effect.as(takeOwn, quota) : Effect.succeed(quota)),
          })
        }),
    })
  }),
)

type TakeAnswer = readonly [allowed: 0 | 1, count: number, resetMicros: number]

const quotaOf = ([allowed, count, resetMicros]: TakeAnswer, { limit, windowMillis }: RateLimit): ConsumeResult => ({
  isAllowed: allowed === 1,
  limit,
  windowMillis,
  remaining: Math.max(limit - count, 0),
  resetAfterMillis: Math.ceil(resetMicros / 1000),
})

const stricter = (one: ConsumeResult, other: ConsumeResult): ConsumeResult =>
  one.isAllowed && (!other.isAllowed || other.remaining < one.remaining) ? other : one
