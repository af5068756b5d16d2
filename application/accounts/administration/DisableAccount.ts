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
import { ApiTokenRepository } from "../tokens/ApiTokenRepository.ts"
import { RevokedApiTokens } from "../tokens/RevokedApiTokens.ts"

export const DisableAccount = Schema.Struct({ userId: UserId })
export interface DisableAccount extends Schema.Schema.Type<typeof DisableAccount> {}

/**
 * Disables the account, revokes all its sessions and API tokens, and removes a pending reset of its password. Its data stays. No login
 * succeeds until it is enabled. An account that is disabled already stays unchanged.
 */
export const disableAccount = useCase("disableAccount")(function* ({ userId }: DisableAccount) {
  const accounts = yield* AccountRepository
  const resets = yield* PasswordResetRepository
  const sessions = yield* SessionRepository
  const tokens = yield* ApiTokenRepository
  const revokedSessions = yield* RevokedSessions
  const revokedTokens = yield* RevokedApiTokens
  const { atomically } = yield* UnitOfWork
  const { account, isChanged, sessionIds, tokenIds } = yield* atomically(
    Effect.gen(function* () {
      const before = yield* accounts.getForUpdate(userId)
      const account = UserAccount.disable(before, yield* now)
      yield* accounts.update(account)
      yield* resets.remove(userId)
      const sessionIds = yield* sessions.revokeAll(userId, null)
      return { account, isChanged: account !== before, sessionIds, tokenIds: yield* tokens.revokeAll(userId) }
    }),
  )
  yield* Effect.forEach(sessionIds, revokedSessions.revoke, { discard: true })
  yield* Effect.forEach(tokenIds, revokedTokens.revoke, { discard: true })
  const counts = { revokedSessions: sessionIds.length, revokedTokens: tokenIds.length }
  if (isChanged) yield* audit({ event: "account.disabled", userId, ...counts })
  return account
})
