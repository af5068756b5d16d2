/** Implements `RateLimiter` for one process. */
import { Effect, Layer } from "effect"
import { type ConsumeResult, type RateLimit, RateLimiter } from "../../../application/shared/RateLimiter.ts"
import { makeRecentEntries } from "./LruMap.ts"
import { monotonicMillis } from "./MonotonicTime.ts"

/** The maximum number of counted keys; beyond it, the least recently used are dropped. */
const keyLimit = 100_000

/** The times of a key's allowed requests, oldest first. Those before `first` have left the window. */
interface Passed {
  readonly times: Array<number>
  first: number
}

const takeFrom = (passed: Passed, { limit, windowMillis }: RateLimit, nowMillis: number): ConsumeResult => {
  const { times } = passed
  let oldest = times[passed.first]
  while (oldest !== undefined && oldest + windowMillis <= nowMillis) oldest = times[++passed.first]
  if (passed.first >= limit) {
    times.splice(0, passed.first)
    passed.first = 0
  }
  const isAllowed = times.length - passed.first < limit
  if (isAllowed) times.push(nowMillis)
  return {
    isAllowed,
    limit,
    windowMillis,
    remaining: Math.max(limit - (times.length - passed.first), 0),
    // Subtract first: the sum of a clock's reading and the window would be rounded, to more than the window.
    resetAfterMillis: Math.ceil(windowMillis - (nowMillis - (times[passed.first] ?? nowMillis - windowMillis))),
  }
}

/**
 * An exact sliding window in this process: it stores the time of every allowed request for as long as the request
 * counts.
 */
export const layer: Layer.Layer<RateLimiter> = Layer.sync(RateLimiter, () => {
  let longestWindowMillis = 0
  const entries = makeRecentEntries<string, Passed>(keyLimit, () => longestWindowMillis)
  return RateLimiter.of({
    consume: (key, rateLimit) =>
      Effect.withFiberSucceed((fiber) => {
        const nowMillis = monotonicMillis(fiber)
        longestWindowMillis = Math.max(longestWindowMillis, rateLimit.windowMillis)
        let passed = entries.get(key, nowMillis)
        if (passed === undefined) {
          passed = { times: [], first: 0 }
          entries.set(key, passed, nowMillis)
        }
        return takeFrom(passed, rateLimit, nowMillis)
      }),
  })
})
