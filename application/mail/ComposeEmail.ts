/** Turns a queued email into its content at the time of sending. */
import { Effect } from "effect"
import { isOwner } from "../../domain/accounts/Owner.ts"
import { AccountRepository } from "../accounts/AccountRepository.ts"
import { issueVerificationToken } from "../accounts/email/IssueVerificationToken.ts"
import { issueResetToken } from "../accounts/passwords/IssueResetToken.ts"
import type { OutgoingEmail } from "../outbox/Outbox.ts"
import { UnitOfWork } from "../shared/UnitOfWork.ts"
import { Email } from "./EmailSender.ts"

/**
 * Returns the email's recipient and content from the current state of the account, with a new token if this kind has
 * one. Returns null if the email is no longer needed: the account was deleted or disabled, or its address was verified
 * meanwhile. An owner without an address gets none either.
 */
export const composeEmail = Effect.fnUntraced(function* ({ kind, userId }: OutgoingEmail) {
  const accounts = yield* AccountRepository
  const { atomically } = yield* UnitOfWork
  return yield* atomically(
    Effect.gen(function* () {
      const account = yield* accounts.getForUpdate(userId)
      if (isOwner(account)) return null
      const recipient = { to: account.email, fullName: account.fullName }
      switch (kind) {
        case "VerifyEmail":
          return account.isEmailVerified
            ? null
            : Email.VerifyEmail({ ...recipient, token: yield* issueVerificationToken(account) })
        case "ResetPassword":
          return account.disabledAt !== null
            ? null
            : Email.ResetPassword({ ...recipient, token: yield* issueResetToken(userId) })
        case "PasswordChanged":
          return Email.PasswordChanged(recipient)
        case "TokenTheft":
          return Email.TokenTheft(recipient)
      }
    }),
  ).pipe(Effect.catchTag("AccountNotFound", () => Effect.succeed(null)))
})
