import { Context, type Effect } from "effect"

/** How many requests may pass in any span of `windowMillis`. */
export interface RateLimit {
  readonly limit: number
  readonly windowMillis: number
}

/** What became of one request under its limit. */
export interface ConsumeResult {
  readonly isAllowed: boolean
  readonly limit: number
  readonly windowMillis: number
  /** How many more may pass now. */
  readonly remaining: number
  /** Milliseconds until the oldest counted request leaves the window, so that one more may pass; 0 if none counts. */
  readonly resetAfterMillis: number
}

/** Bounds how often a caller may ask. */
export class RateLimiter extends Context.Service<
  RateLimiter,
  {
    /**
     * Counts one request of the key, if it may pass. No span of `windowMillis`, wherever it begins, MUST ever hold more
     * than `limit` allowed ones of a key, however many ask at once. A refused request does not count.
     */
    readonly consume: (key: string, limit: RateLimit) => Effect.Effect<ConsumeResult>
  }
>()("taskwright/RateLimiter") {}
