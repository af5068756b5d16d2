/** Reads the access token of a request, and answers a request that needs one and has none. */
import { Effect } from "effect"
import { authenticate } from "../../../../application/accounts/sessions/Authenticate.ts"
import type { RequestStateShape } from "../request/RequestContext.ts"
import { type HttpResponse, problemResponse } from "../response/HttpResponse.ts"

/** Verifies the request's access token, if it has one, and keeps the result in the state. */
export const readToken = (authorization: string | undefined, state: RequestStateShape) => {
  const accessToken = /^Bearer +([^ ]+) *$/i.exec(authorization ?? "")?.[1]
  if (accessToken === undefined) return Effect.void
  return Effect.match(authenticate({ accessToken }), {
    onSuccess: (identity) => {
      state.identity = identity
    },
    onFailure: () => {
      state.hasInvalidToken = true
    },
  })
}

/** RFC 6750 §3: a challenge names an error only where a token was shown. */
export const unauthorized = ({ hasInvalidToken, id }: RequestStateShape): HttpResponse =>
  problemResponse("unauthorized", id, {
    headers: { "www-authenticate": hasInvalidToken ? 'Bearer error="invalid_token"' : "Bearer" },
  })
