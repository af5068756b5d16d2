import { Effect, Schema } from "effect"
import { OfferedPassword } from "../../domain/accounts/Password.ts"
import { UserId } from "../../domain/accounts/UserId.ts"
import { now } from "../shared/Now.ts"
import { AccountRepository } from "./AccountRepository.ts"
import { checkPassword } from "./CheckPassword.ts"
import { EndedSessions } from "./EndedSessions.ts"
import { ProfileCache } from "./ProfileCache.ts"

export const DeleteAccount = Schema.Struct({ userId: UserId, password: OfferedPassword, ip: Schema.String })
export interface DeleteAccount extends Schema.Schema.Type<typeof DeleteAccount> {}

/** Removes the account and everything that is the user's, for who knows the password. Nothing of it can be had back. */
export const deleteAccount = Effect.fn("deleteAccount")(function* (command: DeleteAccount) {
  const accounts = yield* AccountRepository
  const ended = yield* EndedSessions
  const profiles = yield* ProfileCache
  const { email } = yield* accounts.get(command.userId)
  yield* checkPassword({ email, password: command.password, ip: command.ip })
  yield* profiles.forget(command.userId)
  const sessionIds = yield* accounts.delete(command.userId, yield* now)
  yield* Effect.forEach(sessionIds, ended.add, { discard: true })
})
