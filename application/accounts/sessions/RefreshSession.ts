/** The use case that refreshes a session. */
import { Effect, Option, Schema } from "effect"
import { InvalidRefreshToken } from "../../../domain/accounts/AccountErrors.ts"
import * as Session from "../../../domain/accounts/Session.ts"
import { audit } from "../../audit/Audit.ts"
import { queueEmail } from "../../outbox/QueueEmail.ts"
import { now } from "../../shared/Now.ts"
import { UnitOfWork } from "../../shared/UnitOfWork.ts"
import { useCase } from "../../shared/UseCase.ts"
import { AccessTokens } from "../tokens/AccessTokens.ts"
import { OpaqueTokens } from "../tokens/OpaqueTokens.ts"
import { RefreshPolicy } from "./RefreshPolicy.ts"
import { RevokedSessions } from "./RevokedSessions.ts"
import { SessionRepository } from "./SessionRepository.ts"
import type { TokenPair } from "./StartSession.ts"

export const RefreshSession = Schema.Struct({ refreshToken: Schema.String })
export interface RefreshSession extends Schema.Schema.Type<typeof RefreshSession> {}

/**
 * Replaces a refresh token with its successor, and issues a new access token. If a replaced token is reused, revokes
 * the session and queues an email to the owner.
 */
export const refreshSession = useCase("refreshSession")(function* (command: RefreshSession) {
  const { atomically } = yield* UnitOfWork
  const accessTokens = yield* AccessTokens
  const revoked = yield* RevokedSessions
  // Token reuse is an outcome, not a failure, because its changes must be committed.
  const outcome = yield* atomically(decideAndStore(command.refreshToken))
  switch (outcome._tag) {
    case "Rejected":
      return yield* Effect.fail(new InvalidRefreshToken())
    case "ReuseDetected":
      yield* revoked.revoke(outcome.sessionId)
      yield* audit({ event: "token.reused", userId: outcome.userId, sessionId: outcome.sessionId })
      return yield* Effect.fail(new InvalidRefreshToken())
    case "Refreshed":
      return {
        accessToken: yield* accessTokens.issue(outcome),
        refreshToken: outcome.refreshToken,
      } satisfies TokenPair
  }
})

const decideAndStore = Effect.fnUntraced(function* (token: string) {
  const sessions = yield* SessionRepository
  const opaqueTokens = yield* OpaqueTokens
  const policy = yield* RefreshPolicy
  const read = Option.getOrNull(opaqueTokens.read(token))
  if (read === null) return { _tag: "Rejected" } as const
  const record = Option.getOrNull(yield* sessions.findByTokenForUpdate(read.userId, read.hash))
  if (record === null) return { _tag: "Rejected" } as const
  const next = yield* opaqueTokens.makeSuccessor(token)
  const { id: sessionId, userId } = record.session
  const decision = Session.refresh(record, next, policy, yield* now)
  switch (decision._tag) {
    case "Rejected":
      return { _tag: "Rejected" } as const
    case "ReuseDetected":
      yield* sessions.revoke(userId, sessionId)
      yield* queueEmail(userId, "TokenTheft")
      return { _tag: "ReuseDetected", userId, sessionId } as const
    case "Reissued":
      return { _tag: "Refreshed", userId, sessionId, refreshToken: opaqueTokens.succeed(token, decision.salt) } as const
    case "Rotated":
      yield* sessions.rotate(decision.session, decision.replaced, decision.successor)
      return { _tag: "Refreshed", userId, sessionId, refreshToken: next.token } as const
  }
})
