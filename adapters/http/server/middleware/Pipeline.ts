/** Runs the checks that a request passes before its endpoint. */
import { Effect } from "effect"
import type { Ports } from "../../../../application/Ports.ts"
import { type ConsumeResult, RateLimiter } from "../../../../application/shared/RateLimiter.ts"
import type { Identity } from "../../../../domain/accounts/Identity.ts"
import { CurrentIdentity } from "../../api/v1/Authentication.ts"
import { checkBodyHeaders } from "../request/BodyLimits.ts"
import { addressGroup } from "../request/ClientAddress.ts"
import { readBody } from "../request/JsonBody.ts"
import type { RequestStateShape } from "../request/RequestContext.ts"
import { type HttpResponse, problemResponse } from "../response/HttpResponse.ts"
import type { Endpoint } from "../routing/Endpoint.ts"
import type { Exchange, RouteHandler } from "../routing/Route.ts"
import { HttpSettings } from "../settings/HttpSettings.ts"
import { readToken, unauthorized } from "./BearerToken.ts"
import { makeRequireVerifiedEmail } from "./VerifiedEmail.ts"

/**
 * Runs a request through the stages in the contract's order: the body's size and media type, the token, the rate limit,
 * authentication. The first stage that rejects the request responds to it.
 */
export const makePipeline = Effect.gen(function* () {
  const settings = yield* HttpSettings
  const { consume } = yield* RateLimiter
  const requireVerified = settings.isVerifiedEmailRequired ? yield* makeRequireVerifiedEmail : undefined

  const takeQuota = ({ address, identity }: RequestStateShape) =>
    identity === null
      ? consume(`ip:${addressGroup(address)}`, settings.addressLimit)
      : consume(`user:${identity.userId}`, settings.userLimit)

  const answerFor = (
    call: Endpoint,
    exchange: Exchange,
    body: Buffer | undefined,
  ): Effect.Effect<HttpResponse, never, Ports> => {
    const { state } = exchange
    if (!call.needsIdentity) return Effect.provideService(call.answer(exchange, body), CurrentIdentity, nobody)
    if (state.identity === null) return Effect.succeed(unauthorized(state))
    const answer = Effect.provideService(call.answer(exchange, body), CurrentIdentity, state.identity)
    return requireVerified !== undefined && call.needsVerifiedEmail
      ? requireVerified(state.identity.userId, state, answer)
      : answer
  }

  const limited = (call: Endpoint, exchange: Exchange, body: Buffer | undefined) => {
    const { request, state } = exchange
    return Effect.flatMap(readToken(request.headers.authorization, state), () =>
      Effect.flatMap(takeQuota(state), (quota) => withQuota(state, quota, () => answerFor(call, exchange, body))),
    )
  }

  return (call: Endpoint, exchange: Exchange): Effect.Effect<HttpResponse, never, Ports> => {
    if (!call.isLimited) return answerFor(call, exchange, undefined)
    const { request, state } = exchange
    const refused = checkBodyHeaders(request.headers, call.takesBody, call.mediaType)
    if (refused !== undefined) return Effect.succeed(problemResponse(refused, state.id))
    if (!call.takesBody) return limited(call, exchange, undefined)
    return Effect.matchEffect(readBody(request), {
      onSuccess: (body) => limited(call, exchange, body),
      onFailure: ({ code }) => Effect.succeed(problemResponse(code, state.id)),
    })
  }
})

/** Limits how often an IP address may request large documents, under a rate limit of their own. */
export const makeDocumentLimit = Effect.gen(function* () {
  const { documentLimit } = yield* HttpSettings
  const { consume } = yield* RateLimiter
  return (does: RouteHandler): RouteHandler =>
    (exchange) => {
      const { address, headers } = exchange.state
      headers["cache-control"] = "no-cache"
      return Effect.flatMap(consume(`documents:${addressGroup(address)}`, documentLimit), (quota) =>
        withQuota(exchange.state, quota, () => does(exchange)),
      )
    }
})

export type Gate = Effect.Success<typeof makePipeline>

/** The identity of an unauthenticated request; reading it is a bug. */
const nobody: Identity = {
  get userId(): never {
    throw new Error("the description of this call asks for no identity")
  },
  get sessionId(): never {
    throw new Error("the description of this call asks for no identity")
  },
}

/** Adds the quota to the response's headers; responds with 429 if the quota is used up. */
const withQuota = (
  state: RequestStateShape,
  quota: ConsumeResult,
  answer: () => Effect.Effect<HttpResponse, never, Ports>,
) => {
  Object.assign(state.headers, quotaHeaders(quota))
  return quota.isAllowed ? answer() : Effect.succeed(rateLimited(state, quota))
}

const rateLimited = ({ id }: RequestStateShape, { resetAfterMillis }: ConsumeResult): HttpResponse =>
  problemResponse("rate_limited", id, {
    headers: { "retry-after": String(Math.max(1, Math.ceil(resetAfterMillis / 1000))) },
  })

/** Returns the headers of `draft-ietf-httpapi-ratelimit-headers`, in whole seconds. */
const quotaHeaders = (quota: ConsumeResult): Record<string, string> => ({
  "ratelimit-policy": `${quota.limit};w=${Math.ceil(quota.windowMillis / 1000)}`,
  "ratelimit-limit": String(quota.limit),
  "ratelimit-remaining": String(quota.remaining),
  "ratelimit-reset": String(Math.ceil(quota.resetAfterMillis / 1000)),
})
