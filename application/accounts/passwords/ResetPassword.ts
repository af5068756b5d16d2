/** The use case that sets a new password with a token from an email. */
import { Effect, Option, Schema } from "effect"
import { InvalidResetToken } from "../../../domain/accounts/AccountErrors.ts"
import * as CommonPasswords from "../../../domain/accounts/CommonPasswords.ts"
import { isOwner } from "../../../domain/accounts/Owner.ts"
import { Password } from "../../../domain/accounts/Password.ts"
import * as PasswordReset from "../../../domain/accounts/PasswordReset.ts"
import * as UserAccount from "../../../domain/accounts/UserAccount.ts"
import { audit } from "../../audit/Audit.ts"
import { now } from "../../shared/Now.ts"
import { UnitOfWork } from "../../shared/UnitOfWork.ts"
import { useCase } from "../../shared/UseCase.ts"
import { AccountRepository } from "../AccountRepository.ts"
import { EmailVerificationRepository } from "../email/EmailVerificationRepository.ts"
import { RevokedSessions } from "../sessions/RevokedSessions.ts"
import { OpaqueTokens } from "../tokens/OpaqueTokens.ts"
import { PasswordHasher } from "./PasswordHasher.ts"
import { PasswordResetRepository } from "./PasswordResetRepository.ts"
import { storeNewPassword } from "./SetPassword.ts"

export const ResetPassword = Schema.Struct({ token: Schema.String, password: Password })
export interface ResetPassword extends Schema.Schema.Type<typeof ResetPassword> {}

/**
 * Sets a new password and revokes all sessions of the account. The token from the email works once. The email was read,
 * so its address counts as verified too. Fails with `InvalidResetToken`, and changes nothing, for any other token.
 * Fails with `CommonPassword` for one of the most used passwords, and leaves the token valid.
 */
export const resetPassword = useCase("resetPassword")(function* (command: ResetPassword) {
  const accounts = yield* AccountRepository
  const resets = yield* PasswordResetRepository
  const verifications = yield* EmailVerificationRepository
  const opaqueTokens = yield* OpaqueTokens
  const hasher = yield* PasswordHasher
  const revoked = yield* RevokedSessions
  const { atomically } = yield* UnitOfWork
  yield* Effect.fromResult(CommonPasswords.refuseCommon("password", command.password))
  const invalid = new InvalidResetToken()
  const { hash, userId } = yield* Effect.fromOption(opaqueTokens.read(command.token)).pipe(
    Effect.mapError(() => invalid),
  )
  const mustBeOpen = Effect.fnUntraced(function* (found: Option.Option<PasswordReset.PasswordReset>) {
    const reset = Option.getOrNull(found)
    if (reset === null || !PasswordReset.isUnexpired(reset, yield* now)) return yield* Effect.fail(invalid)
  })
  // The token is looked up before the password is hashed, so that an invalid token does not cost a hash.
  yield* mustBeOpen(yield* resets.find(userId, hash))
  // The token came by email, so its holder is known, from any address.
  const passwordHash = yield* hasher.hash(command.password, { priority: "known", address: userId })
  const revokedIds = yield* atomically(
    Effect.gen(function* () {
      yield* mustBeOpen(yield* resets.take(userId, hash))
      const at = yield* now
      const before = yield* accounts.getForUpdate(userId)
      if (before.disabledAt !== null || isOwner(before)) return yield* Effect.fail(invalid)
      const account = UserAccount.withVerifiedEmail(UserAccount.withPassword(before, passwordHash, at), at)
      yield* verifications.remove(userId)
      return yield* storeNewPassword(account, null)
    }),
  ).pipe(Effect.catchTag("AccountNotFound", () => Effect.fail(invalid)))
  yield* Effect.forEach(revokedIds, revoked.revoke, { discard: true })
  yield* audit({ event: "password.reset", userId, revokedSessions: revokedIds.length })
})
