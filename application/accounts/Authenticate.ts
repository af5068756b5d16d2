import { Effect, Schema } from "effect"
import { InvalidAccessToken } from "../../domain/accounts/AccountErrors.ts"
import { AccessTokens } from "./AccessTokens.ts"
import { EndedSessions } from "./EndedSessions.ts"

export const Authenticate = Schema.Struct({ accessToken: Schema.String })
export interface Authenticate extends Schema.Schema.Type<typeof Authenticate> {}

/** Who shows this access token. Runs on every request, so it makes no span of its own. */
export const authenticate = Effect.fnUntraced(function* (command: Authenticate) {
  const accessTokens = yield* AccessTokens
  const ended = yield* EndedSessions
  const identity = yield* accessTokens.verify(command.accessToken)
  if (yield* ended.has(identity.sessionId)) return yield* Effect.fail(new InvalidAccessToken())
  return identity
})
