/** Attaches the access token of the current call to the client's requests. */
import { Context, Effect } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import type { TokenStore } from "../../../http/client/TokenStore.ts"

/** The access token that the requests of this fibre present. */
const ShownToken = Context.Reference<string | null>("taskwright/cli/ShownToken", { defaultValue: () => null })

/**
 * A store without tokens, so that the client never refreshes them. Concurrent commands share a session, so they refresh
 * it under a lock (`SignedInUser.ts`).
 */
export const noTokens: TokenStore = { get: Effect.succeed(null), set: () => Effect.void, clear: Effect.void }

/** Adds the current access token to every request. */
export const withShownToken: <E, R>(client: HttpClient.HttpClient.With<E, R>) => HttpClient.HttpClient.With<E, R> =
  HttpClient.mapRequestEffect((request) =>
    Effect.map(ShownToken, (token) => (token === null ? request : HttpClientRequest.bearerToken(request, token))),
  )

/** Makes the call present the access token. */
export const showing =
  (accessToken: string) =>
  <A, E>(call: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    Effect.provideService(call, ShownToken, accessToken)
