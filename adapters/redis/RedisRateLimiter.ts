import { Effect, Layer } from "effect"
import { type Quota, type RateLimit, RateLimiter } from "../../application/shared/RateLimiter.ts"
import type { RedisScript } from "./RedisClient.ts"
import { RedisConnection } from "./RedisConnection.ts"

/**
 * KEYS: the times (microseconds) of the allowed requests that still count, oldest first. ARGV: limit, window in
 * milliseconds. Answers: whether it may pass, how many count now, after how many microseconds the oldest of them leaves.
 */
const take: RedisScript = {
  name: "taskwrightTake",
  keys: 1,
  lua: `
local times, limit, window = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]) * 1000
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local function text(micros) return string.format('%.0f', micros) end

-- After a fail-over the clock is another server's. Where it is behind, the times move back with it.
local ahead = tonumber(redis.call('LINDEX', times, -1) or 0) - now
if ahead > 0 then
  local kept = redis.call('LRANGE', times, 0, -1)
  redis.call('DEL', times)
  for _, time in ipairs(kept) do redis.call('RPUSH', times, text(time - ahead)) end
  redis.call('PEXPIRE', times, ARGV[2])
end

local oldest = tonumber(redis.call('LINDEX', times, 0))
while oldest and oldest + window <= now do
  redis.call('LPOP', times)
  oldest = tonumber(redis.call('LINDEX', times, 0))
end
local count = redis.call('LLEN', times)
local allowed = count < limit
if allowed then
  redis.call('RPUSH', times, text(now))
  redis.call('PEXPIRE', times, ARGV[2])
  oldest, count = oldest or now, count + 1
end
return { allowed and 1 or 0, count, oldest and oldest + window - now or 0 }
`,
}

/**
 * An exact sliding window that all processes on one Redis share, by Redis's clock, in one round trip. While Redis is
 * away, each process limits by itself: the limiter it is given knows all that this process let pass. For a window after
 * an outage that limiter decides too, for Redis may have lost what it counted.
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
      take: (key, rateLimit) =>
        Effect.suspend(() => {
          const takeOwn = own.take(key, rateLimit)
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

const quotaOf = ([allowed, count, resetMicros]: TakeAnswer, { limit, windowMillis }: RateLimit): Quota => ({
  isAllowed: allowed === 1,
  limit,
  windowMillis,
  remaining: Math.max(limit - count, 0),
  resetMillis: Math.ceil(resetMicros / 1000),
})

const stricter = (one: Quota, other: Quota): Quota =>
  one.isAllowed && (!other.isAllowed || other.remaining < one.remaining) ? other : one
