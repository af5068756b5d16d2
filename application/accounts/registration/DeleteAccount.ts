/** The use case that deletes an account. */
import { Effect, Schema } from "effect"
import { InvalidCredentials } from "../../../domain/accounts/AccountErrors.ts"
import { SubmittedPassword } from "../../../domain/accounts/Password.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { audit } from "../../audit/Audit.ts"
import { UnitOfWork } from "../../shared/UnitOfWork.ts"
import { AccountRepository } from "../AccountRepository.ts"
import { ProfileCache } from "../ProfileCache.ts"
import { verifyCredentials } from "../passwords/VerifyPassword.ts"
import { RevokedSessions } from "../sessions/RevokedSessions.ts"

export const DeleteAccount = Schema.Struct({ userId: UserId, password: SubmittedPassword, ip: Schema.String })
export interface DeleteAccount extends Schema.Schema.Type<typeof DeleteAccount> {}

/**
 * Deletes the account and everything that belongs to the user, after verifying the password. None of it can be
 * restored.
 */
export const deleteAccount = Effect.fn("deleteAccount")(function* (command: DeleteAccount) {
  const accounts = yield* AccountRepository
  const revoked = yield* RevokedSessions
  const profiles = yield* ProfileCache
  const { atomically } = yield* UnitOfWork
  const { email } = yield* accounts.get(command.userId)
  const checked = yield* verifyCredentials({ email, password: command.password, ip: command.ip, isSignedIn: true })
  const sessionIds = yield* atomically(
    Effect.gen(function* () {
      const account = yield* accounts.getForUpdate(command.userId)
      // The password may have changed since it was verified.
      if (account.passwordHash !== checked.passwordHash) return yield* Effect.fail(new InvalidCredentials())
      yield* profiles.invalidate(command.userId)
      return yield* accounts.delete(command.userId)
    }),
  )
  yield* Effect.forEach(sessionIds, revoked.revoke, { discard: true })
  yield* audit({ event: "account.deleted", userId: command.userId, revokedSessions: sessionIds.length })
})
