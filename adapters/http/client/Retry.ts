import { Effect, Random } from "effect"
import type { RequestFailure } from "./SendRequest.ts"

export interface RetryOptions {
  /** How often a request is sent again at most. */
  readonly maxRetries: number
  /** The longest that a `Retry-After` is waited for; one that asks for more fails the call at once. */
  readonly maxRetryAfterMillis: number
}

const firstPauseMillis = 250
/** What a proxy or the service says while they cannot serve. */
const passing: ReadonlySet<number | null> = new Set([502, 503, 504])

/**
 * Whether sending the request again cannot do a thing twice. A 429 is given before anything is done, so it counts for
 * every method. A lost answer or a 503 does not say that: the service gives it too when it is late with what it then did.
 */
const isSafe = (method: string, { error, status }: RequestFailure): boolean =>
  status === 429 || (method === "GET" && (error.code === "network_error" || passing.has(status)))

/** Sends again what is safe: a bounded number of times, with pauses that double and vary, and not before `Retry-After`. */
export const withRetry = <A>(
  method: string,
  attempt: Effect.Effect<A, RequestFailure>,
  { maxRetries, maxRetryAfterMillis }: RetryOptions,
): Effect.Effect<A, RequestFailure> => {
  const after = (repeats: number): Effect.Effect<A, RequestFailure> =>
    Effect.catch(attempt, (failed) => {
      const askedMillis = failed.retryAfterMillis ?? 0
      if (repeats >= maxRetries || askedMillis > maxRetryAfterMillis || !isSafe(method, failed)) {
        return Effect.fail(failed)
      }
      // Half of the pause is left to chance, so that those who were refused together do not come back together.
      return Effect.flatMap(Random.next, (chance) =>
        Effect.delay(after(repeats + 1), askedMillis + firstPauseMillis * 2 ** repeats * (0.5 + chance)),
      )
    })
  return after(0)
}
