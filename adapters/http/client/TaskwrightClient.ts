/** Builds the typed client of the API from its description. */
import { Context, Effect, Layer, type Stream } from "effect"
import { FetchHttpClient, HttpClient } from "effect/http"
import type { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { AuthApi, UsersApi } from "../api/v1/AccountsApi.ts"
import { Authentication } from "../api/v1/Authentication.ts"
import { BatchApi } from "../api/v1/BatchApi.ts"
import { CategoriesApi } from "../api/v1/CategoriesApi.ts"
import { ChangesApi } from "../api/v1/ChangesApi.ts"
import { DiscoveryApi } from "../api/v1/DiscoveryApi.ts"
import { HistoryApi } from "../api/v1/HistoryApi.ts"
import { Mutation } from "../api/v1/Mutation.ts"
import { ServiceApi } from "../api/v1/ServiceApi.ts"
import type { TaskResource } from "../api/v1/TaskResource.ts"
import { TasksApi } from "../api/v1/TasksApi.ts"
import { TokensApi } from "../api/v1/TokensApi.ts"
import { TrashApi } from "../api/v1/TrashApi.ts"
import type { ClientMethods, Failure } from "./ClientMethods.ts"
import { type Follow, type FollowRequests, makeFollow } from "./FollowChanges.ts"
import { withIdempotencyKey } from "./IdempotencyKey.ts"
import { type AllTasksQuery, allTasks } from "./ListAll.ts"
import { type RateLimitStatus, readRateLimit } from "./RateLimitHeaders.ts"
import { firstByteMillis } from "./ReadEvents.ts"
import { type RetryOptions, withRetry } from "./Retry.ts"
import {
  type AnyInput,
  makeOpenEvents,
  makeSendRequest,
  type RequestFailure,
  type SendRequestOptions,
} from "./SendRequest.ts"
import type { ListTasks } from "./TaskPages.ts"
import { makeTokenRefresher, withApiToken } from "./TokenRefresh.ts"
import { memoryTokenStore, type TokenStore, type Tokens } from "./TokenStore.ts"

export interface ClientOptions extends Partial<RetryOptions> {
  /** The base URL of the service, with the path that a proxy may publish it under: `https://tasks.example.com`. */
  readonly url: string
  /** The store of the session's tokens; in memory by default. */
  readonly tokens?: TokenStore
  /**
   * The secret of an API token, which every call sends in place of a session's token. The client then needs no login, and
   * a login changes nothing for its other calls.
   */
  readonly apiToken?: string
  /** The timeout of one request, from sending it to the end of its response. 15 seconds by default. */
  readonly requestTimeoutMillis?: number
}

type TasksMethods = Omit<ClientMethods<typeof TasksApi>, "listTasks"> & {
  /** Lists tasks: the page of a number, or the page at a cursor. */
  readonly listTasks: ListTasks
}

/**
 * The typed API: one method for each endpoint, with the fields named as in the JSON. A method fails with the problems
 * that its endpoint declares, with `NetworkError` or with `UnexpectedResponse`; `code` distinguishes them.
 */
export interface Client {
  /** Registration and login start the client's session, logout ends it. The client refreshes its tokens itself. */
  readonly auth: Omit<ClientMethods<typeof AuthApi>, "refresh">
  /** Deleting the account ends the client's session. */
  readonly users: ClientMethods<typeof UsersApi>
  /** API tokens, for programs. A client with `apiToken` may not call these. */
  readonly tokens: ClientMethods<typeof TokensApi>
  readonly tasks: TasksMethods & {
    /**
     * Streams all tasks that match the query. Reads a page (200 tasks at most) at a time, when the next task is
     * requested. A task that stays in its place is streamed once, whatever happens to others meanwhile.
     */
    readonly listAll: (
      query?: AllTasksQuery,
    ) => Stream.Stream<TaskResource, Failure<(typeof TasksApi)["endpoints"]["listTasks"]>>
  }
  readonly categories: ClientMethods<typeof CategoriesApi>
  readonly changes: Omit<ClientMethods<typeof ChangesApi>, "streamChanges"> & {
    /**
     * Streams the changes since a cursor, each once and in order, until the program stops reading. It connects again
     * after failures, and ends after a `reset`.
     */
    readonly follow: Follow
  }
  readonly batch: ClientMethods<typeof BatchApi>
  readonly history: ClientMethods<typeof HistoryApi>
  readonly trash: ClientMethods<typeof TrashApi>
  readonly service: ClientMethods<typeof ServiceApi>
  readonly discovery: ClientMethods<typeof DiscoveryApi>
  /** The rate limit that the service last reported; null before the first report. */
  readonly rateLimit: Effect.Effect<RateLimitStatus | null>
}

/** Makes a client over the provided `HttpClient`: `FetchHttpClient.layer` in browsers and Node. */
export const makeClient = (options: ClientOptions): Effect.Effect<Client, never, HttpClient.HttpClient> =>
  Effect.map(HttpClient.HttpClient, (httpClient) => clientOver(httpClient, options))

/** The client as a service, for programs that use Effect's layers. */
export class TaskwrightClient extends Context.Service<TaskwrightClient, Client>()("taskwright/TaskwrightClient") {
  /** Provides the client over an `HttpClient` of your own. */
  static readonly layer = (options: ClientOptions): Layer.Layer<TaskwrightClient, never, HttpClient.HttpClient> =>
    Layer.effect(TaskwrightClient, makeClient(options))

  /** Provides the client over the platform's `fetch`. */
  static readonly layerFetch = (options: ClientOptions): Layer.Layer<TaskwrightClient> =>
    TaskwrightClient.layer(options).pipe(Layer.provide(FetchHttpClient.layer))
}

type AnyMethod = (input?: AnyInput) => Effect.Effect<unknown, RequestFailure["error"]>

const clientOver = (
  httpClient: HttpClient.HttpClient,
  {
    apiToken,
    requestTimeoutMillis = 15_000,
    maxRetries = 3,
    maxRetryAfterMillis = 60_000,
    tokens = memoryTokenStore(),
    url,
  }: ClientOptions,
): Client => {
  let rateLimit: RateLimitStatus | null = null
  const sendOptions: SendRequestOptions = {
    requestTimeoutMillis,
    httpClient,
    url,
    onResponse: (headers) => {
      rateLimit = readRateLimit(headers) ?? rateLimit
    },
  }
  const limits: RetryOptions = { maxRetries, maxRetryAfterMillis }

  const sendRefresh = makeSendRequest("auth", AuthApi.endpoints.refresh, sendOptions)
  const getHealth = makeSendRequest("service", ServiceApi.endpoints.getHealth, sendOptions)
  const session = makeTokenRefresher({
    store: tokens,
    refresh: (refresh_token) =>
      withRetry(false, sendRefresh({ payload: { refresh_token } }, null), limits) as Effect.Effect<
        Tokens,
        RequestFailure
      >,
    // Any response will do: a proxy may not forward this path.
    checkConnection: Effect.catchIf(
      Effect.asVoid(withRetry(true, getHealth({}, null), limits)),
      ({ error }) => error.code !== "network_error",
      () => Effect.void,
    ),
  })

  const refresher = apiToken === undefined ? session : withApiToken(apiToken)

  /** Builds the methods of a group, untyped; the return type adds their inputs and outputs. */
  const methodsOf = <Group extends HttpApiGroup.Constraint>(group: Group): ClientMethods<Group> =>
    Object.fromEntries(
      Object.entries(group.endpoints as Record<string, HttpApiEndpoint.Top>).map(([name, endpoint]) => {
        const sendRequest = makeSendRequest(group.identifier, endpoint, sendOptions)
        const isMutation = Context.get(endpoint.annotations, Mutation)
        const isRepeatable = isMutation || endpoint.method === "GET" || endpoint.method === "QUERY"
        const send = (input: AnyInput) => (accessToken: string | null) =>
          withRetry(isRepeatable, sendRequest(input, accessToken), limits)
        const needsToken = endpoint.middlewares.has(Authentication)
        const call = (input: AnyInput) => (needsToken ? refresher.withToken(send(input)) : send(input)(null))
        const method: AnyMethod = (input = {}) =>
          (isMutation ? Effect.flatMap(withIdempotencyKey(input), call) : call(input)).pipe(
            Effect.mapError(({ error }) => error),
            Effect.withSpan(`taskwright.${group.identifier}.${name}`, { kind: "client" }, { captureStackTrace: false }),
          )
        return [name, method]
      }),
    ) as unknown as ClientMethods<Group>

  const { refresh: _, ...auth } = methodsOf(AuthApi)
  const users = methodsOf(UsersApi)
  const methods = methodsOf(TasksApi)
  const { streamChanges: __, ...changes } = methodsOf(ChangesApi)
  const { listChanges, streamChanges } = ChangesApi.endpoints
  const sendList = makeSendRequest("changes", listChanges, sendOptions)
  const openEvents = makeOpenEvents("changes", streamChanges, firstByteMillis, sendOptions)
  const follow = makeFollow({
    openEvents: (query) => refresher.withToken((token) => openEvents({ query }, token)),
    listChanges: (query) =>
      // The description has decoded the response.
      refresher.withToken((token) => sendList({ query }, token)) as ReturnType<FollowRequests["listChanges"]>,
  })
  // The service responds with the kind of page that the query asks for.
  const tasks: TasksMethods = { ...methods, listTasks: methods.listTasks as ListTasks }
  return {
    auth: {
      ...auth,
      register: (input) => Effect.tap(auth.register(input), refresher.store),
      logIn: (input) => Effect.tap(auth.logIn(input), refresher.store),
      // A logout deletes the tokens here even if the service could not be reached.
      logOut: () => Effect.ensuring(auth.logOut(), refresher.clear),
      signOutEverywhere: (input) => Effect.tap(auth.signOutEverywhere(input), () => refresher.clear),
    },
    users: { ...users, deleteAccount: (input) => Effect.tap(users.deleteAccount(input), () => refresher.clear) },
    tokens: methodsOf(TokensApi),
    tasks: { ...tasks, listAll: allTasks(tasks.listTasks) },
    categories: methodsOf(CategoriesApi),
    changes: { ...changes, follow },
    batch: methodsOf(BatchApi),
    history: methodsOf(HistoryApi),
    trash: methodsOf(TrashApi),
    service: methodsOf(ServiceApi),
    discovery: methodsOf(DiscoveryApi),
    rateLimit: Effect.sync(() => rateLimit),
  }
}
