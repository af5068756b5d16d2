import { Effect, Layer } from "effect"
import { HttpServerRequest } from "effect/http"
import type { AccessTokens } from "../../application/accounts/AccessTokens.ts"
import { authenticate } from "../../application/accounts/Authenticate.ts"
import type { EndedSessions } from "../../application/accounts/EndedSessions.ts"
import { type Quota, RateLimiter } from "../../application/shared/RateLimiter.ts"
import { declaredProblem } from "./BodyChecks.ts"
import { addressGroup } from "./ClientAddress.ts"
import { HttpSettings } from "./HttpSettings.ts"
import { problemResponse } from "./ProblemResponse.ts"
import { RequestState, type RequestStateShape } from "./RequestState.ts"
import { RequestGate } from "./v1/RequestMiddleware.ts"

/** The stages in the contract's order: the body's size and media type, the token, the rate limit. */
export const layer = Layer.effect(
  RequestGate,
  Effect.gen(function* () {
    const limiter = yield* RateLimiter
    const settings = yield* HttpSettings
    const services = yield* Effect.context<AccessTokens | EndedSessions>()

    const takeQuota = ({ address, identity }: RequestStateShape) =>
      identity === null
        ? limiter.take(`ip:${addressGroup(address)}`, settings.addressLimit)
        : limiter.take(`user:${identity.userId}`, settings.userLimit)

    return (httpEffect, { endpoint }) => {
      const route = `${endpoint.method} ${endpoint.path}`
      const takesBody = endpoint.payload.size > 0
      return Effect.gen(function* () {
        const state = yield* RequestState
        const request = yield* HttpServerRequest.HttpServerRequest
        state.route = route
        const refused = declaredProblem(request, takesBody) ?? (takesBody ? yield* readBody(request) : undefined)
        if (refused !== undefined) {
          return problemResponse(refused, state.id, { headers: { connection: "close" } })
        }
        yield* readToken(request.headers["authorization"], state)
        const quota = yield* takeQuota(state)
        Object.assign(state.headers, quotaHeaders(quota))
        if (quota.isAllowed) return yield* httpEffect
        return problemResponse("rate_limited", state.id, {
          headers: { "retry-after": String(Math.max(1, Math.ceil(quota.resetMillis / 1000))) },
        })
      }).pipe(Effect.provideContext(services))
    }
  }),
)

/** Reads the body within `MaxBodySize`; a chunked one says its size only by coming. One that breaks off is no request. */
const readBody = (request: HttpServerRequest.HttpServerRequest) =>
  Effect.match(request.arrayBuffer, {
    onSuccess: () => undefined,
    onFailure: ({ reason }) =>
      reason._tag === "RequestParseError" && reason.reason === "BodyTooLarge"
        ? ("payload_too_large" as const)
        : ("malformed_request" as const),
  })

const readToken = (authorization: string | undefined, state: RequestStateShape) => {
  const accessToken = /^Bearer +([^ ]+) *$/i.exec(authorization ?? "")?.[1]
  if (accessToken === undefined) return Effect.void
  return Effect.match(authenticate({ accessToken }), {
    onSuccess: (identity) => {
      state.identity = identity
    },
    onFailure: () => {
      state.hasBadToken = true
    },
  })
}

/** The headers of `draft-ietf-httpapi-ratelimit-headers`, in whole seconds. */
const quotaHeaders = (quota: Quota): Record<string, string> => ({
  "ratelimit-policy": `${quota.limit};w=${Math.ceil(quota.windowMillis / 1000)}`,
  "ratelimit-limit": String(quota.limit),
  "ratelimit-remaining": String(quota.remaining),
  "ratelimit-reset": String(Math.ceil(quota.resetMillis / 1000)),
})
