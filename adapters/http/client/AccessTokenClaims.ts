/** Reads the times in an access token, so that the client refreshes it before it expires. */
import { Result, Schema } from "effect"

const Claims = Schema.fromJsonString(Schema.Struct({ iat: Schema.Int, exp: Schema.Int }))

/** When an access token was issued and when it expires, by the service's clock. */
export interface AccessTokenClaims {
  readonly issuedAtMillis: number
  readonly expiresAtMillis: number
}

/**
 * Decodes a token's times without verifying its signature, which is the service's task. Returns null if it is not a JWT
 * with both times.
 */
export const readClaims = (token: string): AccessTokenClaims | null => {
  const payload = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/")
  const claims = Result.flatMap(
    Result.try(() => atob(payload)),
    (text) => Schema.decodeUnknownResult(Claims)(text),
  )
  return Result.isFailure(claims)
    ? null
    : { issuedAtMillis: claims.success.iat * 1000, expiresAtMillis: claims.success.exp * 1000 }
}
