/** Keeps the client's access token valid: refreshes it before it expires, or after a request with it was rejected. */
import { Clock, Effect, Fiber, Semaphore } from "effect"
import { readClaims } from "./AccessTokenClaims.ts"
import type { RequestFailure } from "./SendRequest.ts"
import type { TokenStore, Tokens } from "./TokenStore.ts"

export interface TokenRefresherOptions {
  readonly store: TokenStore
  /**
   * Exchanges a refresh token for the next pair in one request. Retries it only if the service says that it did
   * nothing.
   */
  readonly refresh: (refreshToken: string) => Effect.Effect<Tokens, RequestFailure>
  /** Fails if the service cannot be reached. */
  readonly checkConnection: Effect.Effect<void, RequestFailure>
}

/** How long before its expiry an access token is no longer presented. */
const marginMillis = 10_000

/** The problems that any endpoint can respond with. */
const generalProblems: ReadonlySet<string> = new Set([
  "rate_limited",
  "malformed_request",
  "request_timeout",
  "headers_too_large",
  "internal_error",
  "unsupported_transfer_coding",
  "unavailable",
])
const isRejection = ({ error }: RequestFailure): boolean =>
  error._tag === "ProblemError" && !generalProblems.has(error.code)

/** How a client gets the token of each request. */
export interface TokenSource {
  /** Runs a request with the token. If the token is rejected and there is a next one, runs the request once more with it. */
  readonly withToken: <A>(
    run: (accessToken: string | null) => Effect.Effect<A, RequestFailure>,
  ) => Effect.Effect<A, RequestFailure>
  readonly store: (tokens: Tokens) => Effect.Effect<void>
  readonly clear: Effect.Effect<void>
}

/** Sends the secret of an API token with each request. There is no session to store. */
export const withApiToken = (secret: string): TokenSource => ({
  withToken: (run) => run(secret),
  store: () => Effect.void,
  clear: Effect.void,
})

/** Holds the tokens of a client and refreshes them, once for all concurrent calls that need it. */
export const makeTokenRefresher = ({ checkConnection, refresh, store }: TokenRefresherOptions): TokenSource => {
  // Every change of the store holds this lock, so that an older refresh cannot overwrite a newer login.
  const changing = Semaphore.makeUnsafe(1)
  let pending: Fiber.Fiber<Tokens | null, RequestFailure> | null = null
  /** How far this clock is ahead of the service's clock, as measured when the last tokens arrived. */
  let clockAheadMillis = 0

  const storeTokens = (tokens: Tokens): Effect.Effect<void> =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => {
      clockAheadMillis = now - (readClaims(tokens.access_token)?.issuedAtMillis ?? now)
      return store.set(tokens)
    })

  const isExpired = ({ access_token }: Tokens): Effect.Effect<boolean> =>
    Effect.map(Clock.currentTimeMillis, (now) => {
      const claims = readClaims(access_token)
      return claims !== null && now - clockAheadMillis >= claims.expiresAtMillis - marginMillis
    })

  /** Returns the next tokens; null if the session has ended. */
  const refreshNow = (presented: string, before: Effect.Effect<void, RequestFailure>) =>
    Effect.gen(function* () {
      const stored = yield* store.get
      // Another call refreshed the tokens or ended the session in the meantime.
      if (stored === null || stored.access_token !== presented) return stored
      yield* before
      const next = yield* refresh(stored.refresh_token).pipe(
        // A 429 leaves the refresh token unused. After a lost response it is unknown whether the token was replaced.
        // Presenting a replaced token counts as theft, which ends the session and alarms its owner. So the token is not
        // sent again, neither now nor by the next call.
        Effect.tapError(({ status }) => (status === 429 ? Effect.void : store.clear)),
        Effect.catchIf(isRejection, () => Effect.succeed(null)),
      )
      if (next !== null) yield* storeTokens(next)
      return next
    }).pipe(
      changing.withPermits(1),
      Effect.ensuring(
        Effect.sync(() => {
          pending = null
        }),
      ),
    )

  const refreshOnce = (
    presented: string,
    before: Effect.Effect<void, RequestFailure>,
  ): Effect.Effect<Tokens | null, RequestFailure> =>
    Effect.suspend(() => {
      if (pending !== null) return Fiber.join(pending)
      // An interrupted caller must not interrupt the refresh, because its response contains the only valid token.
      return Effect.flatMap(Effect.forkDetach(refreshNow(presented, before)), (fiber) => {
        if (fiber.pollUnsafe() === undefined) pending = fiber
        return Fiber.join(fiber)
      })
    })

  return {
    withToken: (run) =>
      Effect.gen(function* () {
        const tokens = yield* store.get
        if (tokens === null) return yield* run(null)
        if (yield* isExpired(tokens)) {
          // Requests with an expired token count against the IP address, which has a small limit. But the refresh must
          // not be the first request after a network failure, such as a computer's sleep: if its response is lost, the
          // token cannot be used again.
          const next = yield* refreshOnce(tokens.access_token, checkConnection)
          return yield* run(next?.access_token ?? null)
        }
        return yield* Effect.catch(run(tokens.access_token), (failed) =>
          failed.error.code === "unauthorized"
            ? Effect.flatMap(refreshOnce(tokens.access_token, Effect.void), (next) =>
                next === null ? Effect.fail(failed) : run(next.access_token),
              )
            : Effect.fail(failed),
        )
      }),
    store: (tokens) => changing.withPermits(1)(storeTokens(tokens)),
    clear: changing.withPermits(1)(store.clear),
  }
}
