/** Waits for the rate limit during long work. */
import { Effect } from "effect"
import { RateLimited } from "../CliErrors.ts"

/** The maximum number of waits of one call, and the maximum time of each wait. */
const maximumWaits = 100
const shortestWaitMillis = 1_000
const longestWaitMillis = 120_000

const isRateLimited = (error: unknown): error is RateLimited => error instanceof RateLimited

/** Retries the call when the server's rate limit allows it, and reports each wait. */
export const retryWhenRateLimited = <A, E extends { readonly _tag: string }, R>(
  call: Effect.Effect<A, E, R>,
  onWait: (seconds: number) => Effect.Effect<void>,
): Effect.Effect<A, E, R> => {
  const after = (waits: number): Effect.Effect<A, E, R> =>
    Effect.catch(call, (error) => {
      if (!isRateLimited(error) || waits >= maximumWaits) return Effect.fail(error)
      const millis = Math.min(Math.max(error.retryAfterMillis, shortestWaitMillis), longestWaitMillis)
      return Effect.andThen(onWait(Math.ceil(millis / 1000)), Effect.delay(after(waits + 1), millis))
    })
  return after(0)
}
