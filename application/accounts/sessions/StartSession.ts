/** Starts sessions for the use cases that register users and log them in. */
import { Effect } from "effect"
import * as Session from "../../../domain/accounts/Session.ts"
import { SessionId } from "../../../domain/accounts/SessionId.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"
import { IdGenerator } from "../../shared/IdGenerator.ts"
import { now } from "../../shared/Now.ts"
import { AccessTokens } from "../tokens/AccessTokens.ts"
import { OpaqueTokens } from "../tokens/OpaqueTokens.ts"
import { RefreshPolicy } from "./RefreshPolicy.ts"
import { SessionRepository } from "./SessionRepository.ts"

/** The tokens that a client needs for further requests. Both are sent once and never stored. */
export interface TokenPair {
  readonly accessToken: string
  readonly refreshToken: string
}

/** Starts a session for an authenticated user, which is the common last step of registering and logging in. */
export const startSession = Effect.fnUntraced(function* (userId: UserId, device: Session.Device | null) {
  const sessions = yield* SessionRepository
  const accessTokens = yield* AccessTokens
  const opaqueTokens = yield* OpaqueTokens
  const ids = yield* IdGenerator
  const policy = yield* RefreshPolicy
  const refresh = yield* opaqueTokens.make(userId)
  const started = Session.start(
    { id: yield* ids.next(SessionId), userId, device, tokenHash: refresh.hash },
    policy,
    yield* now,
  )
  yield* sessions.insert(started.session, started.token)
  const accessToken = yield* accessTokens.issue({ userId, sessionId: started.session.id })
  return { accessToken, refreshToken: refresh.token } satisfies TokenPair
})
