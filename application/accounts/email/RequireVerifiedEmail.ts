/** The check that a user's email address is verified. */
import { Effect, Schema } from "effect"
import { EmailNotVerified } from "../../../domain/accounts/AccountErrors.ts"
import { isOwner } from "../../../domain/accounts/Owner.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { useCase } from "../../shared/UseCase.ts"
import { AccountRepository } from "../AccountRepository.ts"

export const RequireVerifiedEmail = Schema.Struct({ userId: UserId })
export interface RequireVerifiedEmail extends Schema.Schema.Type<typeof RequireVerifiedEmail> {}

/** Fails with `EmailNotVerified` unless the user's email address is verified. An owner has no address to verify. */
export const requireVerifiedEmail = useCase("requireVerifiedEmail")(function* (command: RequireVerifiedEmail) {
  const accounts = yield* AccountRepository
  const account = yield* accounts.get(command.userId)
  if (!account.isEmailVerified && !isOwner(account)) return yield* Effect.fail(new EmailNotVerified())
})
