/** The use case that revokes one session. */
import { Effect, Schema } from "effect"
import { SessionNotFound } from "../../../domain/accounts/AccountErrors.ts"
import { SessionId } from "../../../domain/accounts/SessionId.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { audit } from "../../audit/Audit.ts"
import { useCase } from "../../shared/UseCase.ts"
import { RevokedSessions } from "./RevokedSessions.ts"
import { SessionRepository } from "./SessionRepository.ts"

export const RevokeSession = Schema.Struct({ userId: UserId, sessionId: SessionId })
export interface RevokeSession extends Schema.Schema.Type<typeof RevokeSession> {}

/** Revokes one of the user's sessions, the current one or another. Its tokens are invalid from now on. */
export const revokeSession = useCase("revokeSession")(function* (command: RevokeSession) {
  const sessions = yield* SessionRepository
  const revoked = yield* RevokedSessions
  const { sessionId, userId } = command
  const wasRunning = yield* sessions.revoke(userId, sessionId)
  if (!wasRunning) return yield* Effect.fail(new SessionNotFound({ sessionId }))
  yield* revoked.revoke(sessionId)
  yield* audit({ event: "session.revoked", userId, sessionId })
})
