/** The use case that disables an account, for an operator. */
import { Effect, Schema } from "effect"
import * as UserAccount from "../../../domain/accounts/UserAccount.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { audit } from "../../audit/Audit.ts"
import { now } from "../../shared/Now.ts"
import { UnitOfWork } from "../../shared/UnitOfWork.ts"
import { useCase } from "../../shared/UseCase.ts"
import { AccountRepository } from "../AccountRepository.ts"
import { PasswordResetRepository } from "../passwords/PasswordResetRepository.ts"
import { RevokedSessions } from "../sessions/RevokedSessions.ts"
import { SessionRepository } from "../sessions/SessionRepository.ts"

export const DisableAccount = Schema.Struct({ userId: UserId })
export interface DisableAccount extends Schema.Schema.Type<typeof DisableAccount> {}

/**
 * Disables the account, revokes all its sessions and removes a pending reset of its password. Its data stays. No login
 * succeeds until it is enabled. An account that is disabled already stays unchanged.
 */
export const disableAccount = useCase("disableAccount")(function* ({ userId }: DisableAccount) {
  const accounts = yield* AccountRepository
  const resets = yield* PasswordResetRepository
  const sessions = yield* SessionRepository
  const revoked = yield* RevokedSessions
  const { atomically } = yield* UnitOfWork
  const { account, isChanged, revokedIds } = yield* atomically(
    Effect.gen(function* () {
      const before = yield* accounts.getForUpdate(userId)
      const account = UserAccount.disable(before, yield* now)
      yield* accounts.update(account)
      yield* resets.remove(userId)
      return { account, isChanged: account !== before, revokedIds: yield* sessions.revokeAll(userId, null) }
    }),
  )
  yield* Effect.forEach(revokedIds, revoked.revoke, { discard: true })
  if (isChanged) yield* audit({ event: "account.disabled", userId, revokedSessions: revokedIds.length })
  return account
})
