/** Deletes an account with everything that follows from it, for the use cases that delete one. */
import { Effect } from "effect"
import type { UserAccount } from "../../../domain/accounts/UserAccount.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"
import { audit } from "../../audit/Audit.ts"
import { ChangeRepository } from "../../changes/ChangeRepository.ts"
import { UnitOfWork } from "../../shared/UnitOfWork.ts"
import { AccountRepository } from "../AccountRepository.ts"
import { ProfileCache } from "../ProfileCache.ts"
import { RevokedSessions } from "../sessions/RevokedSessions.ts"
import { ApiTokenRepository } from "../tokens/ApiTokenRepository.ts"
import { RevokedApiTokens } from "../tokens/RevokedApiTokens.ts"

/** Deletes the account if `check` accepts it while it is locked, and revokes its sessions and API tokens. */
export const removeAccount = Effect.fnUntraced(function* <E>(
  userId: UserId,
  by: "user" | "operator",
  check: (account: UserAccount) => Effect.Effect<void, E>,
) {
  const accounts = yield* AccountRepository
  const changes = yield* ChangeRepository
  const tokens = yield* ApiTokenRepository
  const revokedSessions = yield* RevokedSessions
  const revokedTokens = yield* RevokedApiTokens
  const profiles = yield* ProfileCache
  const { atomically } = yield* UnitOfWork
  const { sessionIds, tokenIds } = yield* atomically(
    Effect.gen(function* () {
      // Writers of tasks lock the history before they refer to the account. The other order could deadlock with them.
      yield* changes.lock(userId)
      yield* check(yield* accounts.getForUpdate(userId))
      yield* profiles.invalidate(userId)
      const tokenIds = yield* tokens.revokeAll(userId)
      return { tokenIds, sessionIds: yield* accounts.delete(userId) }
    }),
  )
  yield* Effect.forEach(sessionIds, revokedSessions.revoke, { discard: true })
  yield* Effect.forEach(tokenIds, revokedTokens.revoke, { discard: true })
  const counts = { revokedSessions: sessionIds.length, revokedTokens: tokenIds.length }
  yield* audit({ event: "account.deleted", userId, by, ...counts })
})
