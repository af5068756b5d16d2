import { Effect, Schema } from "effect"
import { InvalidAccessToken } from "../../../domain/accounts/AccountErrors.ts"
import { AccessTokens } from "../tokens/AccessTokens.ts"
import { RevocationSync } from "./RevocationSync.ts"
import { RevokedSessions } from "./RevokedSessions.ts"

export const Authenticate = Schema.Struct({ accessToken: Schema.String })
export interface Authenticate extends Schema.Schema.Type<typeof Authenticate> {}

/**
 * Who shows this access token. A token issued after the last look at ended sessions may be revoked by another process
 * too, so no token is trusted while that look is too old. Runs on every request, so it makes no span of its own.
 */
export const authenticate = Effect.fnUntraced(function* (command: Authenticate) {
  const accessTokens = yield* AccessTokens
  const ended = yield* RevokedSessions
  const { ensureCurrent } = yield* RevocationSync
  const identity = yield* accessTokens.verify(command.accessToken)
  yield* ensureCurrent
  if (yield* ended.has(identity.sessionId)) return yield* Effect.fail(new InvalidAccessToken())
  return identity
})
