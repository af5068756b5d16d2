import { Result, Schema } from "effect"

const Claims = Schema.fromJsonString(Schema.Struct({ iat: Schema.Int, exp: Schema.Int }))

/** When an access token was issued and when it expires, by the service's clock. */
export interface AccessTokenClaims {
  readonly issuedAtMillis: number
  readonly expiresAtMillis: number
}

/** Reads a token's times, unchecked: what it is worth is the service's to say. Null where it is no JWT with both. */
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
