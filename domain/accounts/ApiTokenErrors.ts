/** The errors of API tokens, and of what their holders may not do. */
import { Data } from "effect"
import type { ApiTokenId } from "./ApiTokenId.ts"
import type { Scope } from "./Scope.ts"

/** The user has no such token, or it was revoked. */
export class ApiTokenNotFound extends Data.TaggedError("ApiTokenNotFound")<{ readonly tokenId: ApiTokenId }> {}

/** The user has as many valid tokens as possible. */
export class TooManyApiTokens extends Data.TaggedError("TooManyApiTokens")<{ readonly limit: number }> {}

/** Only a session may do this, and no API token, whatever its scopes are. */
export class SessionRequired extends Data.TaggedError("SessionRequired") {}

/** The API token lacks these scopes: at least one. */
export class InsufficientScope extends Data.TaggedError("InsufficientScope")<{
  readonly missing: readonly [Scope, ...Array<Scope>]
}> {}

/**
 * The same origin has presented too many unknown API tokens, so no other unknown one is looked up until
 * `retryAfterMillis` have passed.
 */
export class TooManyUnknownTokens extends Data.TaggedError("TooManyUnknownTokens")<{
  readonly retryAfterMillis: number
}> {}
