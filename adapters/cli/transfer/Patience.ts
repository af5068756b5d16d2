import { Effect } from "effect"
import type { RateLimited } from "../Refusals.ts"

/** How often a call in a long piece of work waits for the rate limit, and how long each time. */
const maximumWaits = 100
const shortestWaitMillis = 1_000
const longestWaitMillis = 120_000

/** Makes the call again when the server's rate limit lets it, and says so meanwhile. */
export const patiently = <A, E extends { readonly _tag: string }, R>(
  call: Effect.Effect<A, E, R>,
  onWait: (seconds: number) => Effect.Effect<void>,
): Effect.Effect<A, E, R> => {
  const after = (waits: number): Effect.Effect<A, E, R> =>
    Effect.catch(call, (error) => {
      if (error._tag !== "RateLimited" || waits >= maximumWaits) return Effect.fail(error)
      const { retryAfterMillis } = error as unknown as RateLimited
      const millis = Math.min(Math.max(retryAfterMillis, shortestWaitMillis), longestWaitMillis)
      return Effect.andThen(onWait(Math.ceil(millis / 1000)), Effect.delay(after(waits + 1), millis))
    })
  return after(0)
}
