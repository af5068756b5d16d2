/** Attaches the access token of the current call to the client's requests. */
import { Context, Effect } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import type { TokenStore } from "../../../http/client/TokenStore.ts"

/** The access token that the requests of this fibre present. */
const AccessTokenRef = Context.Reference<string | null>("taskwright/cli/AccessTokenRef", { defaultValue: () => null })

/**
 * A store without tokens, so that the client never refreshes them. Concurrent commands share a session, so they refresh
 * it under a lock (`SignedInUser.ts`).
 */
export const noTokenStore: TokenStore = { get: Effect.succeed(null), set: () => Effect.void, clear: Effect.void }

/** Adds the current access token to every request. */
export const attachAccessToken: <E, R>(client: HttpClient.HttpClient.With<E, R>) => HttpClient.HttpClient.With<E, R> =
  HttpClient.mapRequestEffect((request) =>
    Effect.map(AccessTokenRef, (token) => (token === null ? request : HttpClientRequest.bearerToken(request, token))),
  )

/** Makes the call present the access token. */
export const withAccessToken =
  (accessToken: string) =>
  <A, E>(call: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    Effect.provideService(call, AccessTokenRef, accessToken)
