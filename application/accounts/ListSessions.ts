import { Effect, Schema } from "effect"
import { UserId } from "../../domain/accounts/UserId.ts"
import { now } from "../shared/Now.ts"
import { SessionRepository } from "./SessionRepository.ts"

export const ListSessions = Schema.Struct({ userId: UserId })
export interface ListSessions extends Schema.Schema.Type<typeof ListSessions> {}

/** Where the user is logged in: the last used first, 100 at most. */
export const listSessions = Effect.fn("listSessions")(function* (command: ListSessions) {
  const sessions = yield* SessionRepository
  return yield* sessions.list(command.userId, yield* now)
})
