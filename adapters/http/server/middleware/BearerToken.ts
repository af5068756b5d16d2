/** Reads the access token of a request, and answers a request that needs one and has none. */
import { Effect } from "effect"
import { authenticate } from "../../../../application/accounts/sessions/Authenticate.ts"
import type { RequestStateShape } from "../request/RequestContext.ts"
import { type Answer, problemAnswer } from "../response/HttpResponse.ts"

/** Verifies the request's access token, if it has one, and keeps the result in the state. */
export const readToken = (authorization: string | undefined, state: RequestStateShape) => {
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

/** RFC 6750 §3: a challenge names an error only where a token was shown. */
export const unauthorized = ({ hasBadToken, id }: RequestStateShape): Answer =>
  problemAnswer("unauthorized", id, {
    headers: { "www-authenticate": hasBadToken ? 'Bearer error="invalid_token"' : "Bearer" },
  })
