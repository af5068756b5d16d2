/** The use case that verifies an email address. */
import { Effect, Option, Schema } from "effect"
import { InvalidVerificationToken } from "../../../domain/accounts/AccountErrors.ts"
import * as EmailVerification from "../../../domain/accounts/EmailVerification.ts"
import * as UserAccount from "../../../domain/accounts/UserAccount.ts"
import { now } from "../../shared/Now.ts"
import { UnitOfWork } from "../../shared/UnitOfWork.ts"
import { useCase } from "../../shared/UseCase.ts"
import { AccountRepository } from "../AccountRepository.ts"
import { ProfileCache } from "../ProfileCache.ts"
import { OpaqueTokens } from "../tokens/OpaqueTokens.ts"
import { EmailVerificationRepository } from "./EmailVerificationRepository.ts"

export const VerifyEmail = Schema.Struct({ token: Schema.String })
export interface VerifyEmail extends Schema.Schema.Type<typeof VerifyEmail> {}

/** Marks the account's email address as verified. The token from the email works once. */
export const verifyEmail = useCase("verifyEmail")(function* (command: VerifyEmail) {
  const accounts = yield* AccountRepository
  const verifications = yield* EmailVerificationRepository
  const opaqueTokens = yield* OpaqueTokens
  const profiles = yield* ProfileCache
  const { atomically } = yield* UnitOfWork
  const invalid = new InvalidVerificationToken()
  const read = yield* Effect.fromOption(opaqueTokens.read(command.token)).pipe(Effect.mapError(() => invalid))
  return yield* atomically(
    Effect.gen(function* () {
      const at = yield* now
      const taken = Option.getOrNull(yield* verifications.take(read.userId, read.hash))
      if (taken === null || !EmailVerification.isUnexpired(taken, at)) return yield* Effect.fail(invalid)
      const account = UserAccount.withVerifiedEmail(yield* accounts.getForUpdate(read.userId), at)
      yield* accounts.update(account)
      yield* profiles.invalidate(account.id)
      return account
    }),
  ).pipe(Effect.catchTag("AccountNotFound", () => Effect.fail(invalid)))
})
