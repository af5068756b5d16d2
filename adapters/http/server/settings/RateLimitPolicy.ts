/** Names a rate limit for clients. */
import type { RateLimit } from "../../../../application/shared/RateLimiter.ts"

/** The names that clients see. */
export type RateLimitPolicyName = "user" | "token" | "ip" | "documents"

/** A rate limit with its name, and the header text that is the same in every response under it. */
export interface RateLimitPolicy {
  readonly name: RateLimitPolicyName
  readonly rateLimit: RateLimit
  /** The name as a string of a structured header field. */
  readonly quotedName: string
  /** The value of `RateLimit-Policy`. */
  readonly policyHeader: string
  /** The value of `RateLimit-Limit`. */
  readonly limitHeader: string
}

export const makeRateLimitPolicy = (name: RateLimitPolicyName, rateLimit: RateLimit): RateLimitPolicy => {
  const { limit, windowMillis } = rateLimit
  const quotedName = `"${name}"`
  return {
    name,
    rateLimit,
    quotedName,
    policyHeader: `${quotedName};q=${limit};w=${Math.ceil(windowMillis / 1000)}`,
    limitHeader: String(limit),
  }
}
