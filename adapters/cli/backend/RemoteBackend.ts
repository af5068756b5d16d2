/** The backend that calls a server. */
import { Effect, Layer } from "effect"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "effect/http"
import type { TokenPair } from "../../../application/accounts/sessions/StartSession.ts"
import { EmailTaken, InvalidRefreshToken, NoOwner } from "../../../domain/accounts/AccountErrors.ts"
import { AuthApi } from "../../http/api/v1/AccountsApi.ts"
import type { ClientMethod } from "../../http/client/ClientMethods.ts"
import { makeSendRequest } from "../../http/client/SendRequest.ts"
import { makeClient } from "../../http/client/TaskwrightClient.ts"
import type { Tokens } from "../../http/client/TokenStore.ts"
import { instanceOfServer } from "../Instance.ts"
import { Backend } from "./Backend.ts"
import { attachAccessToken, noTokenStore } from "./remote/AccessTokenContext.ts"
import { toSignedInUser } from "./remote/FromResources.ts"
import { makeMapProblems } from "./remote/MapProblems.ts"
import { asGuest, makeRemoteGuest, ofCredentials } from "./remote/RemoteAccounts.ts"
import { makeAuthenticatedBackend } from "./remote/RemoteAuthenticatedBackend.ts"
import { makeCallRemoteTool } from "./remote/RemoteTools.ts"

export interface RemoteOptions {
  /** http or https, without a slash at the end. */
  readonly url: string
  readonly version: string
}

/** The maximum time that a call waits for the rate limit without a message. The command reports a longer wait. */
const maxRetryAfterMillis = 2_000
/** The timeout of one request. */
const requestTimeoutMillis = 15_000
/** The name of the command in the server's list of sessions. */
const userAgent = "Taskwright CLI"

/** A server, reached through the typed client of its API. */
export const layer = ({ url, version }: RemoteOptions): Layer.Layer<Backend> =>
  Layer.effect(Backend, makeRemoteBackend(url)).pipe(
    Layer.provide(
      Layer.effect(
        HttpClient.HttpClient,
        Effect.map(HttpClient.HttpClient, (client) =>
          attachAccessToken(
            HttpClient.mapRequest(client, HttpClientRequest.setHeader("user-agent", `${userAgent}/${version}`)),
          ),
        ),
      ),
    ),
    Layer.provide(FetchHttpClient.layer),
  )

const makeRemoteBackend = (url: string) =>
  Effect.gen(function* () {
    const client = yield* makeClient({ url, tokens: noTokenStore, maxRetryAfterMillis, requestTimeoutMillis })
    const httpClient = yield* HttpClient.HttpClient
    const mapProblems = makeMapProblems(url)
    const sendRefresh = makeSendRequest("auth", AuthApi.endpoints.refresh, {
      httpClient,
      url,
      requestTimeoutMillis,
      onResponse: () => {},
    })
    // Sent once: after a lost response it is unknown whether the token was replaced.
    const refresh: ClientMethod<(typeof AuthApi)["endpoints"]["refresh"]> = (input) =>
      Effect.mapError(sendRefresh(input, null), ({ error }) => error) as ReturnType<typeof refresh>
    return Backend.of({
      ...makeRemoteGuest(client, mapProblems),
      instance: instanceOfServer(url),
      isServer: true,
      register: ({ email, fullName, password }) =>
        mapProblems(client.auth.register({ payload: { email, password, full_name: fullName } }), {
          email_taken: () => new EmailTaken({ email }),
        }).pipe(
          asGuest,
          Effect.map((response) => ({ ...signedIn(response), wasOwner: false })),
        ),
      signInOwner: Effect.fail(new NoOwner()),
      logIn: ({ email, password }) =>
        mapProblems(client.auth.logIn({ payload: { email, password } }), ofCredentials).pipe(
          asGuest,
          Effect.map(signedIn),
        ),
      refresh: (refresh_token) =>
        mapProblems(refresh({ payload: { refresh_token } }), {
          invalid_refresh_token: () => new InvalidRefreshToken(),
        }).pipe(asGuest, Effect.map(tokensOf)),
      withAccessToken: makeAuthenticatedBackend(client, mapProblems, makeCallRemoteTool(httpClient, url)),
    })
  })

const tokensOf = ({ access_token, refresh_token }: Tokens): TokenPair => ({
  accessToken: access_token,
  refreshToken: refresh_token,
})

const signedIn = ({ user, ...tokens }: Tokens & { readonly user: Parameters<typeof toSignedInUser>[0] }) => ({
  user: toSignedInUser(user),
  tokens: tokensOf(tokens),
})
