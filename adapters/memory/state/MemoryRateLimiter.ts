/** Implements `RateLimiter` for one process. */
import { Effect, Layer } from "effect"
import { type ConsumeResult, type RateLimit, RateLimiter } from "../../../application/shared/RateLimiter.ts"
import { makeGenerationalCache } from "./GenerationalCache.ts"
import { monotonicMillis } from "./MonotonicTime.ts"

/** The maximum number of counted keys; beyond it, the least recently used are dropped. */
const keyLimit = 100_000

/** The times of a key's allowed requests, oldest first. Those before `first` have left the window. */
interface AllowedRequests {
  readonly times: Array<number>
  first: number
}

const consumeFrom = (
  requests: AllowedRequests,
  { limit, windowMillis }: RateLimit,
  nowMillis: number,
): ConsumeResult => {
  const { times } = requests
  let oldest = times[requests.first]
  while (oldest !== undefined && oldest + windowMillis <= nowMillis) oldest = times[++requests.first]
  if (requests.first >= limit) {
    times.splice(0, requests.first)
    requests.first = 0
  }
  const isAllowed = times.length - requests.first < limit
  if (isAllowed) times.push(nowMillis)
  return {
    isAllowed,
    limit,
    windowMillis,
    remaining: Math.max(limit - (times.length - requests.first), 0),
    // Subtract first: the sum of a clock's reading and the window would be rounded, to more than the window.
    resetAfterMillis: Math.ceil(windowMillis - (nowMillis - (times[requests.first] ?? nowMillis - windowMillis))),
  }
}

/**
 * An exact sliding window in this process: it stores the time of every allowed request for as long as the request
 * counts.
 */
export const layer: Layer.Layer<RateLimiter> = Layer.sync(RateLimiter, () => {
  let longestWindowMillis = 0
  const entries = makeGenerationalCache<string, AllowedRequests>(keyLimit, () => longestWindowMillis)
  return RateLimiter.of({
    consume: (key, rateLimit) =>
      Effect.withFiberSucceed((fiber) => {
        const nowMillis = monotonicMillis(fiber)
        longestWindowMillis = Math.max(longestWindowMillis, rateLimit.windowMillis)
        let requests = entries.get(key, nowMillis)
        if (requests === undefined) {
          requests = { times: [], first: 0 }
          entries.set(key, requests, nowMillis)
        }
        return consumeFrom(requests, rateLimit, nowMillis)
      }),
  })
})
