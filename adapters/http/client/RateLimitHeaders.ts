/** Reads the rate limit headers of a response. */
import type { Headers } from "effect/http"

/** The rate limit, as the service's last response reported it. */
export interface RateLimitStatus {
  /** The number of requests allowed in the window. */
  readonly limit: number
  /** The number of requests still allowed in the window. */
  readonly remaining: number
  /** In how many seconds the service allows another request. */
  readonly reset_seconds: number
}

const wholeNumber = (text: string | undefined): number | null =>
  text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : null

/** Reads the headers of a response; returns null if it reports no limit. */
export const readRateLimit = (headers: Headers.Headers): RateLimitStatus | null => {
  const limit = wholeNumber(headers["ratelimit-limit"])
  const remaining = wholeNumber(headers["ratelimit-remaining"])
  const reset_seconds = wholeNumber(headers["ratelimit-reset"])
  return limit === null || remaining === null || reset_seconds === null ? null : { limit, remaining, reset_seconds }
}

/**
 * Returns `Retry-After` in milliseconds; null if there is none. It reads the form in seconds, which this API writes.
 */
export const readRetryAfterMillis = (headers: Headers.Headers): number | null => {
  const seconds = wholeNumber(headers["retry-after"])
  return seconds === null ? null : seconds * 1000
}
