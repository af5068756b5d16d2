/** Writes the headers that report a rate limit. */
import type { RateLimitState } from "../request/RequestContext.ts"

/**
 * Adds the headers of `draft-ietf-httpapi-ratelimit-headers-11`, in whole seconds. Beside them are the three of earlier
 * drafts, which go in the minor version after the next.
 */
export const addRateLimitHeaders = (
  headers: Record<string, string | number>,
  { policy, quota: { remaining, resetAfterMillis } }: RateLimitState,
): void => {
  const reset = Math.ceil(resetAfterMillis / 1000)
  headers["ratelimit-policy"] = policy.policyHeader
  headers["ratelimit"] = `${policy.quotedName};r=${remaining};t=${reset}`
  headers["ratelimit-limit"] = policy.limitHeader
  headers["ratelimit-remaining"] = remaining
  headers["ratelimit-reset"] = reset
}
