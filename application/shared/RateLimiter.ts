/** The port that limits the rate of requests. */
import { Context, type Effect } from "effect"

/** The maximum number of requests in any span of `windowMillis`. */
export interface RateLimit {
  readonly limit: number
  readonly windowMillis: number
}

/** The result of one request under its limit. */
export interface ConsumeResult {
  readonly isAllowed: boolean
  readonly limit: number
  readonly windowMillis: number
  /** How many more requests are allowed now. */
  readonly remaining: number
  /** Milliseconds until the oldest counted request leaves the window, which allows one more; 0 if none counts. */
  readonly resetAfterMillis: number
}

/** Limits how many requests a key may make. */
export class RateLimiter extends Context.Service<
  RateLimiter,
  {
    /**
     * Counts one request of the key if it is allowed. The adapter MUST ensure that no span of `windowMillis`, wherever
     * it starts, contains more than `limit` allowed requests of a key. This holds for concurrent requests too. A
     * refused request does not count.
     */
    readonly consume: (key: string, limit: RateLimit) => Effect.Effect<ConsumeResult>
  }
>()("taskwright/RateLimiter") {}
