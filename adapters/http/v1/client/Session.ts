import { Effect, Fiber, Semaphore } from "effect"
import type { Failed } from "./Attempt.ts"
import type { TokenStore, Tokens } from "./TokenStore.ts"

/** Exchanges a refresh token for the next pair: one request, repeated only where the service says that it did nothing. */
export type Exchange = (refreshToken: string) => Effect.Effect<Tokens, Failed>

/** Problems that any call can be refused with. */
const general: ReadonlySet<string> = new Set(["rate_limited", "headers_too_large", "internal_error", "unavailable"])
const isRefusal = ({ error }: Failed): boolean => error._tag === "Refused" && !general.has(error.code)

/** The tokens of a client, and their renewal: once for all calls that need it at the same time. */
export const makeSession = (store: TokenStore, exchange: Exchange) => {
  // Whoever changes the store holds this, so that a login is not overwritten by a refresh that began before it.
  const changing = Semaphore.makeUnsafe(1)

  const renewed = (shown: string): Effect.Effect<Tokens | null, Failed> =>
    Effect.gen(function* () {
      const held = yield* store.get
      // Another call has refreshed, or ended the session, while this one was under way.
      if (held === null || held.access_token !== shown) return held
      const next = yield* exchange(held.refresh_token).pipe(
        // A 429 has used nothing up. Of a refresh whose answer was lost nobody knows whether it did: the token may have
        // been replaced, and showing a replaced one is taken for theft, which ends the session and alarms its owner.
        // So it is not sent a second time, neither now nor by the next call.
        Effect.tapError(({ status }) => (status === 429 ? Effect.void : store.clear)),
        Effect.catchIf(isRefusal, () => Effect.succeed(null)),
      )
      if (next !== null) yield* store.set(next)
      return next
    }).pipe(
      changing.withPermits(1),
      // A caller that is interrupted must not take the refresh with it: its answer holds the only good token.
      Effect.forkDetach,
      Effect.flatMap(Fiber.join),
    )

  return {
    /** Runs what shows the access token; if it is refused, once more with the next one. */
    withToken: <A>(run: (accessToken: string | null) => Effect.Effect<A, Failed>): Effect.Effect<A, Failed> =>
      Effect.flatMap(store.get, (tokens) => {
        if (tokens === null) return run(null)
        return Effect.catch(run(tokens.access_token), (failed) =>
          failed.error.code === "unauthorized"
            ? Effect.flatMap(renewed(tokens.access_token), (next) =>
                next === null ? Effect.fail(failed) : run(next.access_token),
              )
            : Effect.fail(failed),
        )
      }),
    begin: (tokens: Tokens): Effect.Effect<void> => changing.withPermits(1)(store.set(tokens)),
    end: changing.withPermits(1)(store.clear),
  }
}
