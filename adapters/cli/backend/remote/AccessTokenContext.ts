import { Context, Effect } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import type { TokenStore } from "../../../http/client/TokenStore.ts"

/** The access token that the requests of this fibre show. */
const ShownToken = Context.Reference<string | null>("taskwright/cli/ShownToken", { defaultValue: () => null })

/**
 * The client knows no tokens, so that it renews none: commands that run at once share a session, and renew it under a
 * lock (`SignedInUser.ts`).
 */
export const noTokens: TokenStore = { get: Effect.succeed(null), set: () => Effect.void, clear: Effect.void }

/** Puts the shown token on every request. */
export const withShownToken: <E, R>(client: HttpClient.HttpClient.With<E, R>) => HttpClient.HttpClient.With<E, R> =
  HttpClient.mapRequestEffect((request) =>
    Effect.map(ShownToken, (token) => (token === null ? request : HttpClientRequest.bearerToken(request, token))),
  )

/** Makes the call show the access token. */
export const showing =
  (accessToken: string) =>
  <A, E>(call: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    Effect.provideService(call, ShownToken, accessToken)
