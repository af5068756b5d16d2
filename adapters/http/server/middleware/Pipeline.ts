/** Runs the checks that a request passes before its endpoint. */
import { Effect } from "effect"
import { type AccessDenied, makeAccess } from "../../../../application/access/Access.ts"
import type { Ports } from "../../../../application/Ports.ts"
import { checkBodyHeaders } from "../request/BodyLimits.ts"
import { type RequestBody, readBody } from "../request/JsonBody.ts"
import { isAuthenticated, type RequestContext } from "../request/RequestContext.ts"
import { type HttpResponse, problemResponse } from "../response/HttpResponse.ts"
import type { Endpoint } from "../routing/Endpoint.ts"
import { HttpSettings } from "../settings/HttpSettings.ts"
import { makeReadToken, unauthorized } from "./BearerToken.ts"
import { makeRateLimit } from "./RateLimit.ts"

type Response = Effect.Effect<HttpResponse, never, Ports>

/**
 * Runs a request through the stages in the contract's order: the body's size and media type, the token, the rate limit,
 * authentication. The first stage that rejects the request responds to it.
 */
export const makePipeline = Effect.gen(function* () {
  const settings = yield* HttpSettings
  const withRateLimit = yield* makeRateLimit
  const readToken = yield* makeReadToken
  const access = yield* makeAccess(settings)

  const handleAuthenticated = (
    endpoint: Endpoint,
    context: RequestContext,
    body: RequestBody | undefined,
  ): Response => {
    if (!endpoint.needsIdentity) return endpoint.handle(context, body)
    if (!isAuthenticated(context)) return Effect.succeed(unauthorized(context.id, context.hasInvalidToken))
    const permission = endpoint.needsVerifiedEmail ? "tasks" : "account"
    return access.decide(context.identity, permission, endpoint.handle(context, body), (reason) =>
      Effect.succeed(accessDenied(context.id, reason)),
    )
  }

  const handleLimited = (endpoint: Endpoint, context: RequestContext, body: RequestBody | undefined): Response =>
    Effect.flatMap(readToken(context), (refused) =>
      refused === undefined
        ? withRateLimit(context, costOf(endpoint, context, body), () => handleAuthenticated(endpoint, context, body))
        : Effect.succeed(refused),
    )

  return (endpoint: Endpoint, context: RequestContext): Response => {
    if (!endpoint.isLimited) return endpoint.handle(context, undefined)
    const { id, request } = context
    const { maxBodyBytes, mediaType, takesBody } = endpoint
    const rejected = checkBodyHeaders(request.headers, takesBody, mediaType, maxBodyBytes)
    if (rejected !== undefined) return Effect.succeed(problemResponse(rejected, id))
    if (!takesBody) return handleLimited(endpoint, context, undefined)
    return Effect.matchEffect(readBody(request, maxBodyBytes), {
      onSuccess: (body) => handleLimited(endpoint, context, body),
      onFailure: ({ code }) => Effect.succeed(problemResponse(code, id)),
    })
  }
})

export type Pipeline = Effect.Success<typeof makePipeline>

/**
 * Returns how many units of the rate limit the request takes. Only a body with a valid token is parsed for it, so that
 * other requests are refused at little cost.
 */
const costOf = (endpoint: Endpoint, { identity }: RequestContext, body: RequestBody | undefined): number =>
  !endpoint.needsIdentity || endpoint.costOf === undefined || identity === null || body === undefined
    ? 1
    : endpoint.costOf(body)

/** Responds to an identity that may not call the endpoint. */
const accessDenied = (id: string, { _tag }: AccessDenied): HttpResponse => {
  switch (_tag) {
    case "EmailNotVerified":
      return problemResponse("email_not_verified", id)
    case "InvalidAccessToken":
      return unauthorized(id, true)
  }
}
