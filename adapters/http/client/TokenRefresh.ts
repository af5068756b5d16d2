import { Clock, Effect, Fiber, Semaphore } from "effect"
import { readClaims } from "./AccessTokenClaims.ts"
import type { RequestFailure } from "./SendRequest.ts"
import type { TokenStore, Tokens } from "./TokenStore.ts"

export interface SessionOptions {
  readonly store: TokenStore
  /** Exchanges a refresh token for the next pair: one request, repeated only where the service says that it did nothing. */
  readonly exchange: (refreshToken: string) => Effect.Effect<Tokens, RequestFailure>
  /** Fails where the service cannot be reached. */
  readonly reach: Effect.Effect<void, RequestFailure>
}

/** How long before it expires an access token is shown no more. */
const marginMillis = 10_000

/** Problems that any call can be refused with. */
const general: ReadonlySet<string> = new Set([
  "rate_limited",
  "malformed_request",
  "request_timeout",
  "headers_too_large",
  "internal_error",
  "unsupported_transfer_coding",
  "unavailable",
])
const isRefusal = ({ error }: RequestFailure): boolean => error._tag === "ProblemError" && !general.has(error.code)

/** The tokens of a client, and their renewal: once for all calls that need it at the same time. */
export const makeSession = ({ exchange, reach, store }: SessionOptions) => {
  // Whoever changes the store holds this, so that a login is not overwritten by a refresh that began before it.
  const changing = Semaphore.makeUnsafe(1)
  let renewing: Fiber.Fiber<Tokens | null, RequestFailure> | null = null
  /** How much later it is here than where the tokens are issued, as far as the last ones showed. */
  let clockAheadMillis = 0

  const keep = (tokens: Tokens): Effect.Effect<void> =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => {
      clockAheadMillis = now - (readClaims(tokens.access_token)?.issuedAtMillis ?? now)
      return store.set(tokens)
    })

  const isOver = ({ access_token }: Tokens): Effect.Effect<boolean> =>
    Effect.map(Clock.currentTimeMillis, (now) => {
      const times = readClaims(access_token)
      return times !== null && now - clockAheadMillis >= times.expiresAtMillis - marginMillis
    })

  /** The tokens that follow, null where the session has ended. */
  const renew = (shown: string, before: Effect.Effect<void, RequestFailure>) =>
    Effect.gen(function* () {
      const held = yield* store.get
      // Another call has refreshed, or ended the session, while this one was under way.
      if (held === null || held.access_token !== shown) return held
      yield* before
      const next = yield* exchange(held.refresh_token).pipe(
        // A 429 has used nothing up. Of a refresh whose answer was lost nobody knows whether it did: the token may have
        // been replaced, and showing a replaced one is taken for theft, which ends the session and alarms its owner.
        // So it is not sent a second time, neither now nor by the next call.
        Effect.tapError(({ status }) => (status === 429 ? Effect.void : store.clear)),
        Effect.catchIf(isRefusal, () => Effect.succeed(null)),
      )
      if (next !== null) yield* keep(next)
      return next
    }).pipe(
      changing.withPermits(1),
      Effect.ensuring(
        Effect.sync(() => {
          renewing = null
        }),
      ),
    )

  const renewed = (
    shown: string,
    before: Effect.Effect<void, RequestFailure>,
  ): Effect.Effect<Tokens | null, RequestFailure> =>
    Effect.suspend(() => {
      if (renewing !== null) return Fiber.join(renewing)
      // A caller that is interrupted must not take the refresh with it: its answer holds the only good token.
      return Effect.flatMap(Effect.forkDetach(renew(shown, before)), (fiber) => {
        if (fiber.pollUnsafe() === undefined) renewing = fiber
        return Fiber.join(fiber)
      })
    })

  return {
    /** Runs what shows the access token; if it is refused, once more with the next one. */
    withToken: <A>(
      run: (accessToken: string | null) => Effect.Effect<A, RequestFailure>,
    ): Effect.Effect<A, RequestFailure> =>
      Effect.gen(function* () {
        const tokens = yield* store.get
        if (tokens === null) return yield* run(null)
        if (yield* isOver(tokens)) {
          // Requests with a token that is over count against the address, whose limit is small. But a refresh must not be
          // what finds out that the network is away, as after a computer's sleep: its token would be in doubt.
          const next = yield* renewed(tokens.access_token, reach)
          return yield* run(next?.access_token ?? null)
        }
        return yield* Effect.catch(run(tokens.access_token), (failed) =>
          failed.error.code === "unauthorized"
            ? Effect.flatMap(renewed(tokens.access_token, Effect.void), (next) =>
                next === null ? Effect.fail(failed) : run(next.access_token),
              )
            : Effect.fail(failed),
        )
      }),
    begin: (tokens: Tokens): Effect.Effect<void> => changing.withPermits(1)(keep(tokens)),
    end: changing.withPermits(1)(store.clear),
  }
}
