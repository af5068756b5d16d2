/** The use cases that authenticate a request. */
import { Effect, Schema } from "effect"
import { InvalidAccessToken } from "../../../domain/accounts/AccountErrors.ts"
import type { TooManyUnknownTokens } from "../../../domain/accounts/ApiTokenErrors.ts"
import type { Identity } from "../../../domain/accounts/Identity.ts"
import { AccessTokens } from "../tokens/AccessTokens.ts"
import { ApiTokenSecrets } from "../tokens/ApiTokenSecrets.ts"
import { RevokedApiTokens } from "../tokens/RevokedApiTokens.ts"
import { RevocationSync } from "./RevocationSync.ts"
import { RevokedSessions } from "./RevokedSessions.ts"
import { makeVerifyApiToken } from "./VerifyApiToken.ts"

export const Authenticate = Schema.Struct({ accessToken: Schema.String })
export interface Authenticate extends Schema.Schema.Type<typeof Authenticate> {}

/**
 * Returns the identity of the presented access token of a session. Another process may revoke its session after this
 * process last read the revoked sessions, even if the token was issued after that read. So no token is accepted while
 * that read is too old. Runs on every request, so it creates no span of its own.
 */
export const authenticate = Effect.fnUntraced(function* (command: Authenticate) {
  const accessTokens = yield* AccessTokens
  const revoked = yield* RevokedSessions
  const { ensureCurrent } = yield* RevocationSync
  const identity = yield* accessTokens.verify(command.accessToken)
  yield* ensureCurrent
  if (yield* revoked.has(identity.sessionId)) return yield* Effect.fail(new InvalidAccessToken())
  return identity
})

/**
 * Makes the function that returns the identity of any presented token: an access token, or an API token. A driving
 * adapter makes it once, because it remembers API tokens. `origin` names the sender (see `makeVerifyApiToken`).
 */
export const makeAuthenticate = Effect.gen(function* () {
  const { isSecret } = yield* ApiTokenSecrets
  const verifyApiToken = yield* makeVerifyApiToken
  return (
    command: Authenticate,
    origin: () => string,
  ): Effect.Effect<Identity, InvalidAccessToken | TooManyUnknownTokens, AccessTokens | RevokedSessions> =>
    isSecret(command.accessToken) ? verifyApiToken(command.accessToken, origin) : authenticate(command)
})

/** Makes the function that tells whether the session or the token of an identity was revoked, as far as is known. */
export const makeIsRevoked = Effect.gen(function* () {
  const sessions = yield* RevokedSessions
  const tokens = yield* RevokedApiTokens
  return (identity: Identity): Effect.Effect<boolean> => {
    switch (identity._tag) {
      case "Session":
        return sessions.has(identity.sessionId)
      case "ApiToken":
        return tokens.has(identity.tokenId)
    }
  }
})
