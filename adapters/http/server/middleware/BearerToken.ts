/** Reads the token of a request, and builds the response to a request that lacks a valid one. */
import { Effect } from "effect"
import { makeAuthenticate } from "../../../../application/accounts/sessions/Authenticate.ts"
import { addressGroup } from "../request/ClientAddress.ts"
import type { RequestContext } from "../request/RequestContext.ts"
import { type HttpResponse, problemResponse } from "../response/HttpResponse.ts"
import { makeRefuseAddress } from "./RateLimit.ts"

/**
 * Makes the function that verifies the token of a request, if it has one, and stores the result in the context. It
 * returns a response only if the token cannot be verified now, because its address presents too many unknown ones.
 */
export const makeReadToken = Effect.gen(function* () {
  const authenticate = yield* makeAuthenticate
  const refuseAddress = yield* makeRefuseAddress
  return (context: RequestContext) => {
    const accessToken = /^Bearer +([^ ]+) *$/i.exec(context.request.headers.authorization ?? "")?.[1]
    if (accessToken === undefined) return noResponse
    return Effect.match(
      authenticate({ accessToken }, () => addressGroup(context.address)),
      {
        onSuccess: (identity): HttpResponse | undefined => {
          context.identity = identity
          return undefined
        },
        onFailure: (error): HttpResponse | undefined => {
          context.hasInvalidToken = true
          return error._tag === "InvalidAccessToken" ? undefined : refuseAddress(context, error.retryAfterMillis)
        },
      },
    )
  }
})

const noResponse = Effect.succeed<HttpResponse | undefined>(undefined)

/** Responds with 401. RFC 6750 §3: the challenge names an error only if a token was presented. */
export const unauthorized = (requestId: string, hasInvalidToken: boolean): HttpResponse =>
  problemResponse("unauthorized", requestId, {
    headers: { "www-authenticate": hasInvalidToken ? 'Bearer error="invalid_token"' : "Bearer" },
  })
