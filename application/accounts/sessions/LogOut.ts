/** The use case that logs a user out. */
import { Schema } from "effect"
import { SessionId } from "../../../domain/accounts/SessionId.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { audit } from "../../audit/Audit.ts"
import { useCase } from "../../shared/UseCase.ts"
import { RevokedSessions } from "./RevokedSessions.ts"
import { SessionRepository } from "./SessionRepository.ts"

export const LogOut = Schema.Struct({ userId: UserId, sessionId: SessionId })
export interface LogOut extends Schema.Schema.Type<typeof LogOut> {}

/** Revokes the session. Its refresh token and its access tokens are invalid from now on. */
export const logOut = useCase("logOut")(function* (command: LogOut) {
  const sessions = yield* SessionRepository
  const revoked = yield* RevokedSessions
  const { sessionId, userId } = command
  const wasActive = yield* sessions.revoke(userId, sessionId)
  yield* revoked.revoke(sessionId)
  if (wasActive) yield* audit({ event: "session.revoked", userId, sessionId })
})
