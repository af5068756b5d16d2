import { Effect } from "effect"
import type { SessionId } from "../../../domain/accounts/SessionId.ts"
import type { UserAccount } from "../../../domain/accounts/UserAccount.ts"
import { queueEmail } from "../../outbox/QueueEmail.ts"
import { AccountRepository } from "../AccountRepository.ts"
import { ProfileCache } from "../ProfileCache.ts"
import { SessionRepository } from "../sessions/SessionRepository.ts"
import { PasswordResetRepository } from "./PasswordResetRepository.ts"

/**
 * Keeps the account with its new password, and gives the sessions that this ended: all of the user's but the one that
 * goes on. A reset that is open is over as well, and the owner is told by mail. To be called in a unit of work.
 */
export const storeNewPassword = Effect.fnUntraced(function* (account: UserAccount, goesOn: SessionId | null) {
  const accounts = yield* AccountRepository
  const resets = yield* PasswordResetRepository
  const profiles = yield* ProfileCache
  const sessions = yield* SessionRepository
  yield* accounts.update(account)
  yield* profiles.invalidate(account.id)
  yield* resets.remove(account.id)
  yield* queueEmail(account.id, "PasswordChanged")
  return yield* sessions.endAll(account.id, goesOn)
})
