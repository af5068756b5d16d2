/** The use case that lists a user's sessions. */
import { Schema } from "effect"
import { SessionId } from "../../../domain/accounts/SessionId.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { now } from "../../shared/Now.ts"
import { useCase } from "../../shared/UseCase.ts"
import { SessionRepository } from "./SessionRepository.ts"

export const ListSessions = Schema.Struct({ userId: UserId, sessionId: SessionId })
export interface ListSessions extends Schema.Schema.Type<typeof ListSessions> {}

/** Returns the user's active sessions: the current one first, then the 100 others that were last used. */
export const listSessions = useCase("listSessions")(function* (command: ListSessions) {
  const sessions = yield* SessionRepository
  return yield* sessions.list(command.userId, command.sessionId, yield* now)
})
