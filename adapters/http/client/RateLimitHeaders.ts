/** Reads the rate limit headers of a response. */
import type { Headers } from "effect/http"
import { parseStringList } from "./StructuredFields.ts"

/** The rate limit, as the service's last response reported it. */
export interface RateLimitStatus {
  /** The limit's name, such as `user` or `ip`; null from a service of an older version. */
  readonly policy: string | null
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
export const readRateLimit = (headers: Headers.Headers): RateLimitStatus | null =>
  readStructured(headers) ?? readEarlier(headers)

/**
 * Reads the headers of `draft-ietf-httpapi-ratelimit-headers-11`. If they report several limits, it returns the one
 * with the fewest remaining requests.
 */
const readStructured = (headers: Headers.Headers): RateLimitStatus | null => {
  const policies = parseStringList(headers["ratelimit-policy"] ?? "") ?? []
  const states = parseStringList(headers["ratelimit"] ?? "") ?? []
  return states
    .flatMap(({ value: policy, parameters }) => {
      const quota = policies.find(({ value }) => value === policy)?.parameters.get("q")
      const status = statusOf(policy, quota, parameters.get("r"), parameters.get("t"))
      return status === null ? [] : [status]
    })
    .reduce<RateLimitStatus | null>(
      (fewest, each) => (fewest === null || each.remaining < fewest.remaining ? each : fewest),
      null,
    )
}

/** Reads the headers that services of older versions send. */
const readEarlier = (headers: Headers.Headers): RateLimitStatus | null =>
  statusOf(null, headers["ratelimit-limit"], headers["ratelimit-remaining"], headers["ratelimit-reset"])

const statusOf = (
  policy: string | null,
  quota: string | undefined,
  left: string | undefined,
  seconds: string | undefined,
): RateLimitStatus | null => {
  const limit = wholeNumber(quota)
  const remaining = wholeNumber(left)
  const reset_seconds = wholeNumber(seconds)
  return limit === null || remaining === null || reset_seconds === null
    ? null
    : { policy, limit, remaining, reset_seconds }
}

/**
 * Returns `Retry-After` in milliseconds; null if there is none. It reads the form in seconds, which this API writes.
 */
export const readRetryAfterMillis = (headers: Headers.Headers): number | null => {
  const seconds = wholeNumber(headers["retry-after"])
  return seconds === null ? null : seconds * 1000
}
