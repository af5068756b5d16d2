/** Handles every HTTP request of the service, from its first byte to its log line. */
import type { IncomingMessage, ServerResponse } from "node:http"
import { Cause, Clock, Context, Effect, Exit, References } from "effect"
import type { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import type { Ports } from "../../../application/Ports.ts"
import { Unavailable } from "../../../application/shared/Unavailable.ts"
import { AuthApi, UsersApi } from "../api/v1/AccountsApi.ts"
import { CategoriesApi } from "../api/v1/CategoriesApi.ts"
import type { ProblemCode } from "../api/v1/ProblemTypes.ts"
import { ServiceApi } from "../api/v1/ServiceApi.ts"
import { TasksApi } from "../api/v1/TasksApi.ts"
import { authHandlers, usersHandlers } from "./handlers/AccountsHandlers.ts"
import { categoriesHandlers } from "./handlers/CategoriesHandlers.ts"
import { type AnyHandler, makeEndpointHandler } from "./handlers/EndpointHandler.ts"
import type { Handlers } from "./handlers/Handlers.ts"
import { serviceHandlers } from "./handlers/ServiceHandlers.ts"
import { tasksHandlers } from "./handlers/TasksHandlers.ts"
import { logAccess } from "./middleware/AccessLog.ts"
import { type Gate, makeDocumentLimit, makePipeline } from "./middleware/Pipeline.ts"
import { makePages } from "./pages/DocsPages.ts"
import { toPage } from "./pages/ProblemPage.ts"
import { tokenPages } from "./pages/TokenPages.ts"
import { hasUnknownCoding, maxBodyBytes } from "./request/BodyLimits.ts"
import { clientAddress } from "./request/ClientAddress.ts"
import { RequestState, type RequestStateShape } from "./request/RequestContext.ts"
import { requestId } from "./request/RequestId.ts"
import { makeUnreadableReport } from "./request/UnreadableForwardedFor.ts"
import { makeCors } from "./response/Cors.ts"
import { HttpResponse, problemResponse } from "./response/HttpResponse.ts"
import { underPublicPath } from "./response/PublicPath.ts"
import { writeBody } from "./response/WriteBody.ts"
import type { RouteHandler } from "./routing/Route.ts"
import { makeRoutes, type Route } from "./routing/Router.ts"
import { HttpSettings } from "./settings/HttpSettings.ts"

/** The status in logs of a request that has no response, because its client disconnected. */
const clientGone = 499

/**
 * Sends exactly one response to every request. Assigns an id, runs the request's endpoint or page, and turns failures
 * into problems. Sets the headers that every response has, and logs the request once.
 */
export const makeRequestHandler = Effect.gen(function* () {
  const settings = yield* HttpSettings
  const services = yield* Effect.context<Ports>()
  const clock = yield* Clock.Clock
  const gate = yield* makePipeline
  const limitDocuments = yield* makeDocumentLimit
  const find = makeRoutes<RouteHandler>([
    ...routesOf(AuthApi, authHandlers, gate),
    ...routesOf(UsersApi, usersHandlers, gate),
    ...routesOf(TasksApi, tasksHandlers, gate),
    ...routesOf(CategoriesApi, categoriesHandlers, gate),
    ...routesOf(ServiceApi, yield* serviceHandlers, gate),
    ...tokenPages(gate),
    ...makePages(settings.publicPath).map(({ answer, isLarge, path }) => ({
      method: "GET",
      path,
      does: isLarge ? limitDocuments(answer) : answer,
    })),
  ])
  const crossOrigin = makeCors(settings.corsOrigins)
  const reportUnreadable = yield* makeUnreadableReport
  const { deadlineMillis } = settings
  const tooLate = Cause.die(
    new Unavailable({ dependency: `an answer within ${deadlineMillis} ms`, retryAfterSeconds: 5 }),
  )

  const respond = (
    request: IncomingMessage,
    response: ServerResponse,
    state: RequestStateShape,
    answer: HttpResponse,
  ) => write(request, response, state, underPublicPath(answer, settings.publicPath), crossOrigin)

  /** Returns the response of the matching route, and sets that route in `state`. */
  const answerOf = (request: IncomingMessage, state: RequestStateShape): Effect.Effect<HttpResponse, never, Ports> => {
    const method = request.method ?? ""
    const refused = refusedCode(request)
    const found = refused === undefined ? find(request.url ?? "") : undefined
    state.route = `${method === "HEAD" ? "GET" : method} ${found?.handler.path ?? "(none)"}`
    const preflight = method === "OPTIONS" ? crossOrigin.preflight(request) : undefined
    if (preflight !== undefined) return Effect.succeed(preflight)
    if (found === undefined) return Effect.succeed(problemResponse(refused ?? "not_found", state.id))
    const { does, methods } = found.handler
    const call = does.get(method)
    if (call !== undefined) return call({ request, state, params: found.params, query: found.searchParams })
    return Effect.succeed(
      method === "OPTIONS"
        ? new HttpResponse(204, { allow: methods })
        : problemResponse("method_not_allowed", state.id, { headers: { allow: methods } }),
    )
  }

  return (request: IncomingMessage, response: ServerResponse): void => {
    const startedAt = clock.monotonicTimeNanosUnsafe()
    const state = stateOf(request, settings.trustedProxies, reportUnreadable)
    const log = (status: number, cause?: Cause.Cause<unknown>) =>
      logAccess(request.method ?? "", state, status, millisSince(clock, startedAt), cause)

    let isLate = false
    const main = Effect.suspend(() => answerOf(request, state)).pipe(
      Effect.matchCauseEffect({
        onSuccess: (answer) => Effect.as(log(answer.status), answer),
        onFailure: (cause) => {
          const answer = errorResponse(cause, state)
          return Effect.as(log(answer.status, cause), answer)
        },
      }),
      // Only the client's disconnection and the timeout interrupt a request.
      Effect.onInterrupt(() => (isLate ? log(503, tooLate) : log(clientGone))),
    )
    const context = services.pipe(
      Context.add(RequestState, state),
      Context.add(References.CurrentLogAnnotations, annotationsOf(request, state)),
    )
    const fiber = Effect.runForkWith(context)(main)
    // The work may be uninterruptible (a database that does not respond), so the response does not wait for it.
    const deadline = setTimeout(() => {
      isLate = true
      respond(request, response, state, errorResponse(tooLate, state))
      fiber.interruptUnsafe()
    }, deadlineMillis)
    fiber.addObserver((exit) => {
      clearTimeout(deadline)
      if (isLate) return
      if (Exit.isSuccess(exit)) respond(request, response, state, exit.value)
      else response.destroy()
    })
    response.once("close", () => {
      if (!response.writableEnded) fiber.interruptUnsafe()
    })
  }
})

/** Returns whole milliseconds, by a monotonic clock. */
const millisSince = (clock: Clock.Clock, startedAt: bigint): number =>
  Number((clock.monotonicTimeNanosUnsafe() - startedAt) / 1_000_000n)

/** Returns the routes of a group of the description, each through the pipeline to its handler. */
const routesOf = <Group extends HttpApiGroup.Constraint>(
  group: Group,
  handlers: Handlers<Group>,
  gate: Gate,
): ReadonlyArray<Route<RouteHandler>> =>
  Object.entries(group.endpoints as Record<string, HttpApiEndpoint.Top>).map(([name, endpoint]) => {
    // The type of `handlers` has checked each against its endpoint.
    const call = makeEndpointHandler(endpoint, handlers[name] as AnyHandler)
    return { method: endpoint.method, path: endpoint.path as `/${string}`, does: (exchange) => gate(call, exchange) }
  })

/**
 * Rejects requests that are malformed whatever their route. A target in absolute form is meant for a proxy, which this
 * service is not. A target with `;` in its path, or with `#`, would be a second spelling of a URL, because the router
 * ends a path there.
 */
const refusedCode = ({ headers, httpVersion, rawHeaders, url = "" }: IncomingMessage): ProblemCode | undefined => {
  let hosts = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.length === 4 && rawHeaders[index]?.toLowerCase() === "host") hosts++
  }
  if (hosts > 1 || (hosts === 0 && httpVersion === "1.1")) return "malformed_request"
  if (hasUnknownCoding(headers)) return "unsupported_transfer_coding"
  return /^\/[^?;#]*(?:\?[^#]*)?$/.test(url) ? undefined : "not_found"
}

const stateOf = (
  { headers, socket }: IncomingMessage,
  trustedProxies: number,
  reportUnreadable: (entry: string) => void,
): RequestStateShape => ({
  id: requestId(headers["x-request-id"]),
  address: clientAddress(
    socket.remoteAddress ?? "unknown",
    headers["x-forwarded-for"]?.toString(),
    trustedProxies,
    reportUnreadable,
  ),
  userAgent: headers["user-agent"],
  route: "",
  identity: null,
  hasInvalidToken: false,
  rendersHtml: false,
  headers: {},
})

const annotationsOf = ({ headers }: IncomingMessage, { id }: RequestStateShape): Record<string, unknown> => {
  const { traceparent } = headers
  const traceId = typeof traceparent === "string" ? /^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(traceparent)?.[1] : undefined
  return traceId === undefined ? { request_id: id } : { request_id: id, trace_id: traceId }
}

const errorResponse = (cause: Cause.Cause<unknown>, { id }: RequestStateShape): HttpResponse => {
  const error = Cause.squash(cause)
  return error instanceof Unavailable
    ? problemResponse("unavailable", id, { headers: { "retry-after": String(error.retryAfterSeconds) } })
    : problemResponse("internal_error", id)
}

const write = (
  request: IncomingMessage,
  response: ServerResponse,
  state: RequestStateShape,
  answer: HttpResponse,
  crossOrigin: ReturnType<typeof makeCors>,
): void => {
  if (response.destroyed) return
  const { body, headers, status } = state.rendersHtml ? toPage(answer, state.id) : answer
  const all: Record<string, string | number> = {
    "x-request-id": state.id,
    "x-content-type-options": "nosniff",
    ...cachingOf(state.route, request.url, crossOrigin.varies),
    ...headers,
    ...state.headers,
    ...crossOrigin.headersOf(request),
  }
  const { vary } = headers
  if (vary !== undefined && crossOrigin.varies) all["vary"] = `${vary}, Origin`
  const length = body === undefined ? 0 : Buffer.byteLength(body)
  // A 304 has the length of the body that it saves, or none.
  if (status !== 204 && status !== 304) all["content-length"] = length
  if (!request.complete && hasLongBody(request)) discardRest(request, response, all)
  response.writeHead(status, all)
  if (request.method === "HEAD") response.end()
  else writeBody(response, body, length)
}

/**
 * Returns the caching headers. For unmatched paths, decides by the URL. Caches may store a 404 unless it forbids that.
 */
const cachingOf = (route: string, url: string | undefined, varies: boolean): Record<string, string> => {
  if (route.includes(" /api/v1/auth/") || url?.startsWith("/api/v1/auth/"))
    return varies ? { "cache-control": "no-store", vary: "Origin" } : noStore
  if (!route.includes(" /api/")) return varies ? { vary: "Origin" } : {}
  return varies ? { "cache-control": "private, no-cache", vary: "Authorization, Origin" } : ownOnly
}
const noStore = { "cache-control": "no-store" }
const ownOnly = { "cache-control": "private, no-cache", vary: "Authorization" }

/** Whether more of the body may follow than Node discards by itself, at once, to keep the connection. */
const hasLongBody = ({ headers }: IncomingMessage): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 2 * maxBodyBytes

/** How much of an unread body is still received, and for how long, so that its sender can read the response. */
const maxDiscardedBytes = 1024 * 1024
const discardMillis = 500

/**
 * Closes a connection after a response that was sent before the request was complete. Closing at once would reset the
 * connection, and the response could be lost. So incoming data is discarded for a moment.
 */
const discardRest = (request: IncomingMessage, response: ServerResponse, headers: Record<string, string | number>) => {
  headers["connection"] = "close"
  const { socket } = request
  let discarded = 0
  request.on("data", (chunk: Buffer) => {
    discarded += chunk.length
    if (discarded > maxDiscardedBytes) request.pause()
  })
  request.resume()
  response.once("finish", () => setTimeout(() => socket.destroy(), discardMillis).unref())
}
