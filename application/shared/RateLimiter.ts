/** The port that limits the rate of requests. */
import { Context, type Effect } from "effect"

/** The maximum number of units in any span of `windowMillis`. Most requests take one unit. */
export interface RateLimit {
  /** A whole number, at least 1. */
  readonly limit: number
  readonly windowMillis: number
}

/** The result of one request under its limit. */
export interface ConsumeResult {
  readonly isAllowed: boolean
  readonly limit: number
  readonly windowMillis: number
  /** How many more units are allowed now. */
  readonly remaining: number
  /** Milliseconds until the oldest counted unit leaves the window, which allows one more; 0 if none counts. */
  readonly resetAfterMillis: number
  /**
   * Milliseconds until a request of the same cost is allowed, if no other one is before it; 0 if this one was allowed.
   * Never less than `resetAfterMillis` if this one was refused.
   */
  readonly retryAfterMillis: number
}

/**
 * Returns how many units a request of that cost takes: at least one, and at most the limit. Without that maximum, a
 * request that costs more than the limit would never be allowed.
 */
export const unitsOf = (cost: number, { limit }: RateLimit): number => Math.max(1, Math.min(cost, limit))

/** Limits how many requests a key may make. */
export class RateLimiter extends Context.Service<
  RateLimiter,
  {
    /**
     * Counts one request of the key if it is allowed. It takes `unitsOf(cost, limit)` units: all of them, or none if
     * fewer are left, and is refused then. `cost` is a whole number, at least 1, and 1 by default; the adapter may do
     * work in proportion to it.
     *
     * The adapter MUST ensure that no span of `windowMillis`, wherever it starts, contains more than `limit` units of
     * allowed requests of a key. This holds for concurrent requests too. A refused request does not count.
     */
    readonly consume: (key: string, limit: RateLimit, cost?: number) => Effect.Effect<ConsumeResult>
  }
>()("taskwright/RateLimiter") {}
