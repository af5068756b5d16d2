import type { IncomingMessage } from "node:http"
import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import { ByteSize, Cause, Clock, Context, Effect, References } from "effect"
import { HttpIncomingMessage, HttpRouter, HttpServerError, HttpServerRequest, HttpServerResponse } from "effect/http"
import { Unavailable } from "../../application/shared/Unavailable.ts"
import { type Address, type Place, placesOf } from "./Addresses.ts"
import { maxBodyBytes } from "./BodyChecks.ts"
import { clientAddress } from "./ClientAddress.ts"
import { HttpSettings } from "./HttpSettings.ts"
import { problemResponse } from "./ProblemResponse.ts"
import { requestId } from "./RequestId.ts"
import { logRequest } from "./RequestLog.ts"
import { RequestState, type RequestStateShape } from "./RequestState.ts"
import type { ProblemCode } from "./v1/ProblemTypes.ts"

const maxBodySize = ByteSize.fromInputUnsafe(maxBodyBytes)

/**
 * Wraps every request, whatever becomes of it: gives it an id, answers what no route and no handler answered with a
 * problem, sets the headers that every answer has, and logs it once.
 */
export const layer = (addresses: ReadonlyArray<Address>) =>
  HttpRouter.middleware(
    Effect.gen(function* () {
      const { trustedProxies } = yield* HttpSettings
      const placeAt = placesOf(addresses)
      return (app) =>
        Effect.withFiber((fiber) => {
          const request = Context.getUnsafe(fiber.context, HttpServerRequest.HttpServerRequest)
          const clock = fiber.getRef(Clock.Clock)
          const startedAt = clock.currentTimeMillisUnsafe()
          const state = stateOf(request, trustedProxies)
          const finish = (response: HttpServerResponse.HttpServerResponse, cause?: Cause.Cause<unknown>) => {
            state.route ||= routeOf(request, placeAt)
            const answer = HttpServerResponse.setHeaders(response, { ...commonHeaders(state), ...state.headers })
            const log = logRequest(request, state, answer.status, clock.currentTimeMillisUnsafe() - startedAt, cause)
            return Effect.as(log, answer)
          }
          const refused = refusedCode(NodeHttpServerRequest.toIncomingMessage(request))
          return (refused === undefined ? app : Effect.succeed(problemResponse(refused, state.id))).pipe(
            Effect.matchCauseEffect({
              onSuccess: (response) => finish(response),
              onFailure: (cause) => {
                const response = responseOf(cause, request, state, placeAt)
                return response === undefined
                  ? Effect.andThen(logRequest(request, state, clientGone, 0), Effect.failCause(cause))
                  : finish(response, cause)
              },
            }),
            Effect.provideContext(contextOf(state, request)),
          )
        })
    }),
    { global: true },
  )

type Target = Pick<IncomingMessage, "httpVersion" | "rawHeaders" | "url">

/**
 * What is wrong with a request whatever route it is for. A target in absolute form is meant for a proxy, which this is
 * not; one with `;` in its path, or with `#`, would be a second spelling of an address, for the router ends a path there.
 */
const refusedCode = ({ httpVersion, rawHeaders, url = "" }: Target): ProblemCode | undefined => {
  const hosts = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === "host").length
  if (hosts > 1 || (hosts === 0 && httpVersion === "1.1")) return "malformed_request"
  return /^\/[^?;#]*(?:\?[^#]*)?$/.test(url) ? undefined : "not_found"
}

/** The route of what the gate has not seen: a page, a health check, or nothing that there is. */
const routeOf = (request: HttpServerRequest.HttpServerRequest, placeAt: (url: string) => Place | undefined): string =>
  `${request.method} ${placeAt(request.url)?.path ?? "(none)"}`

/** What logs say of a request whose caller went away before the answer. */
const clientGone = 499

const stateOf = (request: HttpServerRequest.HttpServerRequest, trustedProxies: number): RequestStateShape => ({
  id: requestId(request.headers["x-request-id"]),
  address: clientAddress(
    request.remoteAddress._tag === "Some" ? request.remoteAddress.value : "unknown",
    request.headers["x-forwarded-for"],
    trustedProxies,
  ),
  route: "",
  identity: null,
  hasBadToken: false,
  headers: {},
})

const contextOf = (state: RequestStateShape, request: HttpServerRequest.HttpServerRequest) => {
  const traceId = /^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(request.headers["traceparent"] ?? "")?.[1]
  return Context.make(RequestState, state).pipe(
    Context.add(HttpIncomingMessage.MaxBodySize, maxBodySize),
    Context.add(References.CurrentLogAnnotations, {
      request_id: state.id,
      ...(traceId !== undefined && { trace_id: traceId }),
    }),
  )
}

const commonHeaders = ({ id, route }: RequestStateShape): Record<string, string> => {
  const headers: Record<string, string> = { "x-request-id": id, "x-content-type-options": "nosniff" }
  if (route.includes(" /api/v1/auth/")) headers["cache-control"] = "no-store"
  else if (route.includes(" /api/")) {
    headers["cache-control"] = "private, no-cache"
    headers["vary"] = "Authorization"
  }
  return headers
}

/** The answer to what was not answered; none where only the caller's going away ended the request. */
const responseOf = (
  cause: Cause.Cause<unknown>,
  request: HttpServerRequest.HttpServerRequest,
  { id }: RequestStateShape,
  placeAt: (url: string) => Place | undefined,
): HttpServerResponse.HttpServerResponse | undefined => {
  const error = Cause.squash(cause)
  if (error instanceof Unavailable) {
    return problemResponse("unavailable", id, { headers: { "retry-after": String(error.retryAfterSeconds) } })
  }
  if (error instanceof HttpServerError.HttpServerError && error.reason._tag === "RouteNotFound") {
    const methods = placeAt(request.url)?.methods
    if (methods === undefined) return problemResponse("not_found", id)
    return request.method === "OPTIONS"
      ? HttpServerResponse.empty({ headers: { allow: methods } })
      : problemResponse("method_not_allowed", id, { headers: { allow: methods } })
  }
  if (Cause.hasInterruptsOnly(cause)) return undefined
  return problemResponse("internal_error", id)
}
