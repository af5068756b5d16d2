/** Implements `RateLimiter` for one process. */
import { Clock, Effect, Layer } from "effect"
import { monotonicMillis } from "../../../application/shared/MonotonicTime.ts"
import { type ConsumeResult, type RateLimit, RateLimiter, unitsOf } from "../../../application/shared/RateLimiter.ts"
import { makeGenerationalCache } from "./GenerationalCache.ts"

/** The maximum number of counted keys; beyond it, the least recently used are dropped. */
const keyLimit = 100_000

/**
 * When a key's counted units were taken, oldest first. Those before `first` have left the window. A request of several
 * units has as many entries.
 */
interface CountedUnits {
  readonly times: Array<number>
  first: number
}

const consumeFrom = (units: CountedUnits, rateLimit: RateLimit, cost: number, nowMillis: number): ConsumeResult => {
  const { limit, windowMillis } = rateLimit
  const { times } = units
  let oldest = times[units.first]
  while (oldest !== undefined && oldest + windowMillis <= nowMillis) oldest = times[++units.first]
  if (units.first >= limit) {
    times.splice(0, units.first)
    units.first = 0
  }
  const free = limit - (times.length - units.first)
  const taken = unitsOf(cost, rateLimit)
  const isAllowed = taken <= free
  if (isAllowed) for (let unit = 0; unit < taken; unit++) times.push(nowMillis)
  return {
    isAllowed,
    limit,
    windowMillis,
    remaining: Math.max(isAllowed ? free - taken : free, 0),
    resetAfterMillis: millisInWindow(times[units.first], windowMillis, nowMillis),
    // It is allowed when the last of the units that it lacks is free.
    retryAfterMillis: isAllowed ? 0 : millisInWindow(times[units.first + taken - free - 1], windowMillis, nowMillis),
  }
}

/** Returns how much longer a unit of that time counts; 0 if there is none. */
const millisInWindow = (time: number | undefined, windowMillis: number, nowMillis: number): number =>
  // Subtract first: the sum of a clock's reading and the window would be rounded, to more than the window.
  time === undefined ? 0 : Math.ceil(windowMillis - (nowMillis - time))

/**
 * An exact sliding window in this process: it stores the time of every counted unit for as long as it
 * counts.
 */
export const layer: Layer.Layer<RateLimiter> = Layer.sync(RateLimiter, () => {
  let longestWindowMillis = 0
  const entries = makeGenerationalCache<string, CountedUnits>(keyLimit, () => longestWindowMillis)
  return RateLimiter.of({
    consume: (key, rateLimit, cost = 1) =>
      Effect.withFiberSucceed((fiber) => {
        const nowMillis = monotonicMillis(fiber.getRef(Clock.Clock))
        longestWindowMillis = Math.max(longestWindowMillis, rateLimit.windowMillis)
        let units = entries.get(key, nowMillis)
        if (units === undefined) {
          units = { times: [], first: 0 }
          entries.set(key, units, nowMillis)
        }
        return consumeFrom(units, rateLimit, cost, nowMillis)
      }),
  })
})
