import { Effect, Schema } from "effect"
import { SessionNotFound } from "../../../domain/accounts/AccountErrors.ts"
import { SessionId } from "../../../domain/accounts/SessionId.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { EndedSessions } from "./RevokedSessions.ts"
import { SessionRepository } from "./SessionRepository.ts"

export const EndSession = Schema.Struct({ userId: UserId, sessionId: SessionId })
export interface EndSession extends Schema.Schema.Type<typeof EndSession> {}

/** Ends one of the user's sessions, this one or another: its tokens are good for nothing from now on. */
export const endSession = Effect.fn("endSession")(function* (command: EndSession) {
  const sessions = yield* SessionRepository
  const ended = yield* EndedSessions
  const { sessionId, userId } = command
  const wasRunning = yield* sessions.end(userId, sessionId)
  if (!wasRunning) return yield* Effect.fail(new SessionNotFound({ sessionId }))
  yield* ended.add(sessionId)
})
