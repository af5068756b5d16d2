/** Limits how many requests a user, an API token or an IP address may make. */
import { Effect } from "effect"
import type { Ports } from "../../../../application/Ports.ts"
import { RateLimiter } from "../../../../application/shared/RateLimiter.ts"
import { addressGroup } from "../request/ClientAddress.ts"
import type { RateLimitState, RequestContext } from "../request/RequestContext.ts"
import { type HttpResponse, problemResponse, retryAfter } from "../response/HttpResponse.ts"
import type { RouteHandler } from "../routing/Route.ts"
import { HttpSettings } from "../settings/HttpSettings.ts"
import { makeRateLimitPolicy, type RateLimitPolicy } from "../settings/RateLimitPolicy.ts"
import { rateLimitRejections } from "./RequestMetrics.ts"

type Response = Effect.Effect<HttpResponse, never, Ports>

/**
 * Limits requests of the API: by API token or by user if the context has an identity, else by IP address. A request takes
 * `cost` units of the limit.
 */
export const makeRateLimit = Effect.gen(function* () {
  const settings = yield* HttpSettings
  const underPolicy = yield* makeUnderPolicy
  const ofUser = makeRateLimitPolicy("user", settings.userLimit)
  const ofToken = makeRateLimitPolicy("token", settings.tokenLimit)
  const ofAddress = makeRateLimitPolicy("ip", settings.addressLimit)
  return (context: RequestContext, cost: number, handle: () => Response): Response => {
    const { identity } = context
    switch (identity?._tag) {
      case "Session":
        return underPolicy(context, ofUser, identity.userId, cost, handle)
      case "ApiToken":
        return underPolicy(context, ofToken, identity.tokenId, cost, handle)
      case undefined:
        return underPolicy(context, ofAddress, addressGroup(context.address), cost, handle)
    }
  }
})

/**
 * Makes the function that refuses a request of an IP address which may send no other for so long, whatever is left of its
 * limit.
 */
export const makeRefuseAddress = Effect.map(HttpSettings, ({ addressLimit }) => {
  const policy = makeRateLimitPolicy("ip", addressLimit)
  return (context: RequestContext, retryAfterMillis: number): HttpResponse => {
    const times = { resetAfterMillis: retryAfterMillis, retryAfterMillis }
    const state = { policy, quota: { ...addressLimit, ...times, isAllowed: false, remaining: 0 } }
    context.rateLimit = state
    rateLimitRejections[policy.name].add(1)
    return rateLimited(context.id, state)
  }
})

/** Limits how often an IP address may request large documents, under a rate limit of their own. */
export const makeDocumentLimit = Effect.gen(function* () {
  const { documentLimit } = yield* HttpSettings
  const underPolicy = yield* makeUnderPolicy
  const policy = makeRateLimitPolicy("documents", documentLimit)
  return (handle: RouteHandler): RouteHandler =>
    (context) =>
      underPolicy(context, policy, addressGroup(context.address), 1, () => handle(context))
})

/**
 * Counts a request of the subject, and stores the state in the context, for the response's headers. Responds with 429
 * if the policy refuses the request.
 */
const makeUnderPolicy = Effect.map(
  RateLimiter,
  ({ consume }) =>
    (
      context: RequestContext,
      policy: RateLimitPolicy,
      subject: string,
      cost: number,
      handle: () => Response,
    ): Response =>
      Effect.flatMap(consume(`${policy.name}:${subject}`, policy.rateLimit, cost), (quota) => {
        const state = { policy, quota }
        context.rateLimit = state
        if (quota.isAllowed) return handle()
        rateLimitRejections[policy.name].add(1)
        return Effect.succeed(rateLimited(context.id, state))
      }),
)

const rateLimited = (requestId: string, { policy, quota }: RateLimitState): HttpResponse =>
  problemResponse("rate_limited", requestId, {
    members: { violated_policies: [policy.name] },
    headers: retryAfter(quota.retryAfterMillis),
  })
