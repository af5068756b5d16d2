/** Handles every HTTP request of the service, from its first byte to its log line. */
import type { IncomingMessage, ServerResponse } from "node:http"
import { Cause, Clock, Context, Effect, Exit, References } from "effect"
import type { Ports } from "../../../application/Ports.ts"
import { Unavailable } from "../../../application/shared/Unavailable.ts"
import { Tracing } from "../../telemetry/tracing/Tracing.ts"
import type { ProblemCode } from "../api/v1/ProblemTypes.ts"
import { logAccess } from "./middleware/AccessLog.ts"
import { admitRequest, recordRequest } from "./middleware/RequestMetrics.ts"
import { endRequestSpan, startRequestSpan, withRequestSpan } from "./middleware/RequestSpan.ts"
import { clientAddress } from "./request/ClientAddress.ts"
import { rejectMalformed } from "./request/RejectMalformed.ts"
import type { RequestContext } from "./request/RequestContext.ts"
import { requestId } from "./request/RequestId.ts"
import { traceContext } from "./request/TraceContext.ts"
import { makeUnreadableReport } from "./request/UnreadableForwardedFor.ts"
import { makeCors } from "./response/Cors.ts"
import { HttpResponse, problemResponse, retryAfter } from "./response/HttpResponse.ts"
import { discardBody } from "./response/WriteBody.ts"
import { makeWriteResponse } from "./response/WriteResponse.ts"
import type { Route } from "./routing/Route.ts"
import { makeRouter, type RouteMatch } from "./routing/Router.ts"
import { HttpSettings } from "./settings/HttpSettings.ts"

/** The status in logs of a request that has no response, because its client disconnected. */
const clientGone = 499

/**
 * Sends exactly one response to every request. Assigns an id, finds the route, runs its handler, and turns failures
 * into problems. Logs the request once.
 */
export const makeRequestHandler = Effect.fnUntraced(function* (routes: Iterable<Route>) {
  const settings = yield* HttpSettings
  const services = yield* Effect.context<Ports>()
  const clock = yield* Clock.Clock
  const tracing = yield* Tracing
  const findRoutes = makeRouter(routes)
  const cors = makeCors(settings.corsOrigins)
  const write = makeWriteResponse(cors, settings.publicPath, (error, context) => {
    Effect.runForkWith(servicesOf(context))(Effect.logError("response stream failed", error))
  })
  const reportUnreadable = yield* makeUnreadableReport

  const servicesOf = (context: RequestContext) => {
    const annotated = Context.add(services, References.CurrentLogAnnotations, logAnnotations(context))
    return tracing === null || context.span === null ? annotated : withRequestSpan(annotated, tracing, context.span)
  }

  /** Responds to a request that no route handles. */
  const respondUnrouted = (
    { id, request }: RequestContext,
    match: RouteMatch | undefined,
    malformed: ProblemCode | undefined,
  ): HttpResponse => {
    const preflight = request.method === "OPTIONS" ? cors.preflight(request) : undefined
    if (preflight !== undefined) return preflight
    if (match === undefined) return problemResponse(malformed ?? "not_found", id)
    const { allow } = match
    return request.method === "OPTIONS"
      ? new HttpResponse(204, { allow })
      : problemResponse("method_not_allowed", id, { headers: { allow } })
  }

  return (request: IncomingMessage, response: ServerResponse): void => {
    const startedAt = clock.monotonicTimeNanosUnsafe()
    const malformed = rejectMalformed(request)
    const found = malformed === undefined ? findRoutes(request.url ?? "") : undefined
    const route = found?.handler.routes.get(request.method ?? "")
    const { headers, socket } = request
    const path = found?.handler.path
    const address = clientAddress(
      socket.remoteAddress ?? "unknown",
      headers["x-forwarded-for"]?.toString(),
      settings.trustedProxies,
      reportUnreadable,
    )
    const context: RequestContext = {
      request,
      id: requestId(headers["x-request-id"]),
      address,
      span: tracing && startRequestSpan(tracing, request, path, address, clock.currentTimeNanosUnsafe()),
      path,
      params: found?.params ?? {},
      query: found?.searchParams ?? {},
      hold: () => place.hold(),
      identity: null,
      hasInvalidToken: false,
      rateLimit: null,
    }
    const log = (status: number, responseBytes: number | null, cause?: Cause.Cause<unknown>) => {
      const nanos = Number(clock.monotonicTimeNanosUnsafe() - startedAt)
      recordRequest(request.method, path, status, nanos / 1e9)
      if (context.span !== null) {
        endRequestSpan(context.span, status === clientGone ? null : status, clock.currentTimeNanosUnsafe())
      }
      return logAccess(context, status, responseBytes, Math.floor(nanos / 1e6), cause)
    }
    const place = admitRequest(path, settings.maxInFlight)

    let timeout: { readonly cause: Cause.Cause<never>; readonly responseBytes: number | null } | undefined
    const logTimeout = ({ cause, responseBytes }: NonNullable<typeof timeout>) => log(503, responseBytes, cause)

    /** Writes and logs the response, unless the timeout's response was written already. */
    const respond = (result: HttpResponse, cause?: Cause.Cause<unknown>) =>
      Effect.suspend(() => {
        if (timeout === undefined) return log(result.status, write(response, context, result, route), cause)
        discardBody(result.body)
        return logTimeout(timeout)
      })

    const main = Effect.suspend(() => {
      if (!place.isAdmitted) return refuseOverload
      return route?.handle(context) ?? Effect.succeed(respondUnrouted(context, found?.handler, malformed))
    }).pipe(
      Effect.matchCauseEffect({
        onSuccess: (result) => respond(result),
        onFailure: (cause) => respond(errorResponse(cause, context.id), cause),
      }),
      // Only the client's disconnection and the timeout interrupt a request.
      Effect.onInterrupt(() => (timeout === undefined ? log(clientGone, 0) : logTimeout(timeout))),
    )
    const fiber = Effect.runForkWith(servicesOf(context))(main)
    // The work may be uninterruptible (a database that does not respond), so the response does not wait for it.
    const deadline = startTimer(route?.deadlineMillis, (millis) => {
      const cause = Cause.die(new Unavailable({ dependency: `an answer within ${millis} ms`, retryAfterMillis: 5_000 }))
      timeout = { cause, responseBytes: write(response, context, errorResponse(cause, context.id), route) }
      fiber.interruptUnsafe()
    })
    fiber.addObserver((exit) => {
      clearTimeout(deadline)
      if (timeout === undefined && Exit.isFailure(exit)) response.destroy()
    })
    response.once("close", () => {
      place.leave()
      if (!response.writableEnded) fiber.interruptUnsafe()
    })
  }
})

/** Calls back after the time, if there is one. */
const startTimer = (millis: number | undefined, onEnd: (millis: number) => void): NodeJS.Timeout | undefined =>
  millis === undefined ? undefined : setTimeout(onEnd, millis, millis)

/** Refuses a request beyond the maximum in flight, before its body and its token are read. */
const refuseOverload = Effect.die(
  new Unavailable({ dependency: "room for one more request in flight", retryAfterMillis: 1_000 }),
)

/**
 * Returns the request's id, the client's address, and the ids of its span or of the trace that it continues, for every
 * log line.
 */
const logAnnotations = ({ address, id, request: { headers }, span }: RequestContext): Record<string, unknown> => {
  const annotations = { request_id: id, client_address: address }
  if (span !== null) return { ...annotations, trace_id: span.traceId, span_id: span.spanId }
  if (headers["traceparent"] === undefined) return annotations
  const parent = traceContext(headers)
  return parent === undefined ? annotations : { ...annotations, trace_id: parent.traceId }
}

const errorResponse = (cause: Cause.Cause<unknown>, requestId: string): HttpResponse => {
  const error = Cause.squash(cause)
  return error instanceof Unavailable
    ? problemResponse("unavailable", requestId, { headers: retryAfter(error.retryAfterMillis) })
    : problemResponse("internal_error", requestId)
}
