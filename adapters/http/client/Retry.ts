/** Decides which failed requests the client retries, and when. */
import { Effect, Random } from "effect"
import type { RequestFailure } from "./SendRequest.ts"

export interface RetryOptions {
  /** The maximum number of retries of a request. */
  readonly maxRetries: number
  /** The longest `Retry-After` that the client waits for; a longer one fails the call at once. */
  readonly maxRetryAfterMillis: number
}

const firstDelayMillis = 250
/** The codes of failures after which the same request can still succeed. */
const repeated: ReadonlySet<string> = new Set(["network_error", "idempotency_in_progress"])
/** The statuses with which a proxy or the service reports that it is temporarily unavailable. */
const temporary: ReadonlySet<number | null> = new Set([502, 503, 504])

/**
 * Whether a retry cannot have a second effect. A 429 is sent before anything is executed, so it is safe for every
 * request. After a lost response or a 503 the request may still have been executed: a timeout is a 503, too.
 */
const isSafe = (isRepeatable: boolean, { error, status }: RequestFailure): boolean =>
  status === 429 || (isRepeatable && (repeated.has(error.code) || temporary.has(status)))

/**
 * Retries safe requests, a bounded number of times. Delays double, vary at random, and are no shorter than
 * `Retry-After`. A request is repeatable if it changes nothing, or if it has an idempotency key.
 */
export const withRetry = <A>(
  isRepeatable: boolean,
  attempt: Effect.Effect<A, RequestFailure>,
  { maxRetries, maxRetryAfterMillis }: RetryOptions,
): Effect.Effect<A, RequestFailure> => {
  const after = (retries: number): Effect.Effect<A, RequestFailure> =>
    Effect.catch(attempt, (failed) => {
      const askedMillis = failed.retryAfterMillis ?? 0
      if (retries >= maxRetries || askedMillis > maxRetryAfterMillis || !isSafe(isRepeatable, failed)) {
        return Effect.fail(failed)
      }
      // Half of the delay is random, so that clients that were rejected at the same time do not retry at the same time.
      return Effect.flatMap(Random.next, (chance) =>
        Effect.delay(after(retries + 1), askedMillis + firstDelayMillis * 2 ** retries * (0.5 + chance)),
      )
    })
  return after(0)
}
