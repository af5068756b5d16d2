/** Stores a new password with everything that follows from it, for the use cases that set one. */
import { Effect } from "effect"
import type { SessionId } from "../../../domain/accounts/SessionId.ts"
import type { UserAccount } from "../../../domain/accounts/UserAccount.ts"
import { queueEmail } from "../../outbox/QueueEmail.ts"
import { AccountRepository } from "../AccountRepository.ts"
import { ProfileCache } from "../ProfileCache.ts"
import { SessionRepository } from "../sessions/SessionRepository.ts"
import { PasswordResetRepository } from "./PasswordResetRepository.ts"

/**
 * Stores the account with its new password, and returns the ids of the revoked sessions: all of the user's except
 * `keptSessionId`. Also removes a pending reset, and queues an email to the owner. MUST be called in a unit of work.
 */
export const storeNewPassword = Effect.fnUntraced(function* (account: UserAccount, keptSessionId: SessionId | null) {
  const accounts = yield* AccountRepository
  const resets = yield* PasswordResetRepository
  const profiles = yield* ProfileCache
  const sessions = yield* SessionRepository
  yield* accounts.update(account)
  yield* profiles.invalidate(account.id)
  yield* resets.remove(account.id)
  yield* queueEmail(account.id, "PasswordChanged")
  return yield* sessions.revokeAll(account.id, keptSessionId)
})
