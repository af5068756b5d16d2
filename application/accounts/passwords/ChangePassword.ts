/** The use case that changes a password. */
import { Effect, Schema } from "effect"
import { InvalidCredentials } from "../../../domain/accounts/AccountErrors.ts"
import * as CommonPasswords from "../../../domain/accounts/CommonPasswords.ts"
import { Password, SubmittedPassword } from "../../../domain/accounts/Password.ts"
import { SessionId } from "../../../domain/accounts/SessionId.ts"
import * as UserAccount from "../../../domain/accounts/UserAccount.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { audit } from "../../audit/Audit.ts"
import { now } from "../../shared/Now.ts"
import { UnitOfWork } from "../../shared/UnitOfWork.ts"
import { useCase } from "../../shared/UseCase.ts"
import { AccountRepository } from "../AccountRepository.ts"
import { RevokedSessions } from "../sessions/RevokedSessions.ts"
import { PasswordHasher } from "./PasswordHasher.ts"
import { storeNewPassword } from "./SetPassword.ts"
import { verifyCredentials } from "./VerifyPassword.ts"

export const ChangePassword = Schema.Struct({
  userId: UserId,
  /** The current session, which stays valid. */
  sessionId: SessionId,
  currentPassword: SubmittedPassword,
  newPassword: Password,
  ip: Schema.String,
})
export interface ChangePassword extends Schema.Schema.Type<typeof ChangePassword> {}

/** Changes the password after verifying the current one, and revokes all other sessions. */
export const changePassword = useCase("changePassword")(function* (command: ChangePassword) {
  const accounts = yield* AccountRepository
  const hasher = yield* PasswordHasher
  const revoked = yield* RevokedSessions
  const { atomically } = yield* UnitOfWork
  yield* Effect.fromResult(CommonPasswords.refuseCommon("newPassword", command.newPassword))
  const { currentPassword: password, ip, sessionId, userId } = command
  const { email } = yield* accounts.get(userId)
  const checked = yield* verifyCredentials({ email, password, ip, isSignedIn: true })
  const passwordHash = yield* hasher.hash(command.newPassword, { priority: "known", address: ip })
  const revokedIds = yield* atomically(
    Effect.gen(function* () {
      const account = yield* accounts.getForUpdate(userId)
      // The password may have changed since it was verified.
      if (account.passwordHash !== checked.passwordHash) return yield* Effect.fail(new InvalidCredentials())
      return yield* storeNewPassword(UserAccount.withPassword(account, passwordHash, yield* now), sessionId)
    }),
  )
  yield* Effect.forEach(revokedIds, revoked.revoke, { discard: true })
  yield* audit({ event: "password.changed", userId, sessionId, revokedSessions: revokedIds.length })
})
