import type { Headers } from "effect/http"

/** What the service said of its limit with its last answer. */
export interface RateLimit {
  /** How many requests may pass in the window. */
  readonly limit: number
  /** How many more may pass now. */
  readonly remaining: number
  /** In how many seconds one more may pass. */
  readonly reset_seconds: number
}

const wholeNumber = (text: string | undefined): number | null =>
  text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : null

/** Reads the headers of an answer; null where it says nothing of a limit. */
export const readRateLimit = (headers: Headers.Headers): RateLimit | null => {
  const limit = wholeNumber(headers["ratelimit-limit"])
  const remaining = wholeNumber(headers["ratelimit-remaining"])
  const reset_seconds = wholeNumber(headers["ratelimit-reset"])
  return limit === null || remaining === null || reset_seconds === null ? null : { limit, remaining, reset_seconds }
}

/** `Retry-After` in milliseconds, in its form in seconds, which is the one that this API writes; null where there is none. */
export const readRetryAfterMillis = (headers: Headers.Headers): number | null => {
  const seconds = wholeNumber(headers["retry-after"])
  return seconds === null ? null : seconds * 1000
}
