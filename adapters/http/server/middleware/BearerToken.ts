/** Reads the access token of a request, and builds the response to a request that lacks a valid one. */
import { Effect } from "effect"
import { authenticate } from "../../../../application/accounts/sessions/Authenticate.ts"
import type { RequestContext } from "../request/RequestContext.ts"
import { type HttpResponse, problemResponse } from "../response/HttpResponse.ts"

/** Verifies the request's access token, if it has one, and stores the result in the context. */
export const readToken = (context: RequestContext) => {
  const accessToken = /^Bearer +([^ ]+) *$/i.exec(context.request.headers.authorization ?? "")?.[1]
  if (accessToken === undefined) return Effect.void
  return Effect.match(authenticate({ accessToken }), {
    onSuccess: (identity) => {
      context.identity = identity
    },
    onFailure: () => {
      context.hasInvalidToken = true
    },
  })
}

/** Responds with 401. RFC 6750 §3: the challenge names an error only if a token was presented. */
export const unauthorized = (requestId: string, hasInvalidToken: boolean): HttpResponse =>
  problemResponse("unauthorized", requestId, {
    headers: { "www-authenticate": hasInvalidToken ? 'Bearer error="invalid_token"' : "Bearer" },
  })
