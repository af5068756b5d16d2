/** The use case that authenticates a request. */
import { Effect, Schema } from "effect"
import { InvalidAccessToken } from "../../../domain/accounts/AccountErrors.ts"
import type { Identity } from "../../../domain/accounts/Identity.ts"
import { AccessTokens } from "../tokens/AccessTokens.ts"
import { RevocationSync } from "./RevocationSync.ts"
import { RevokedSessions } from "./RevokedSessions.ts"

export const Authenticate = Schema.Struct({ accessToken: Schema.String })
export interface Authenticate extends Schema.Schema.Type<typeof Authenticate> {}

/**
 * Returns the identity of the presented access token. Another process may revoke its session after this process last
 * read the revoked sessions, even if the token was issued after that read. So no token is accepted while that read is
 * too old. Runs on every request, so it creates no span of its own.
 */
export const authenticate = Effect.fnUntraced(function* (command: Authenticate) {
  const accessTokens = yield* AccessTokens
  const revoked = yield* RevokedSessions
  const { ensureCurrent } = yield* RevocationSync
  const identity: Identity = yield* accessTokens.verify(command.accessToken)
  yield* ensureCurrent
  if (yield* revoked.has(identity.sessionId)) return yield* Effect.fail(new InvalidAccessToken())
  return identity
})
