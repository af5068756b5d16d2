import { Effect } from "effect"
import { AccountRepository } from "../accounts/AccountRepository.ts"
import { issueVerificationToken } from "../accounts/email/IssueVerificationToken.ts"
import { issueResetToken } from "../accounts/passwords/IssueResetToken.ts"
import type { OutgoingEmail } from "../outbox/Outbox.ts"
import { UnitOfWork } from "../shared/UnitOfWork.ts"
import { Email } from "./EmailSender.ts"

/**
 * What the mail says and to whom, as things are now, with a new token where it carries one; null where nobody needs it
 * any more, because the account is gone or its address was verified meanwhile.
 */
export const composeEmail = Effect.fnUntraced(function* ({ kind, userId }: OutgoingEmail) {
  const accounts = yield* AccountRepository
  const { atomically } = yield* UnitOfWork
  return yield* atomically(
    Effect.gen(function* () {
      const account = yield* accounts.getForUpdate(userId)
      const recipient = { to: account.email, fullName: account.fullName }
      switch (kind) {
        case "VerifyEmail":
          return account.isEmailVerified
            ? null
            : Email.VerifyEmail({ ...recipient, token: yield* issueVerificationToken(account) })
        case "ResetPassword":
          return Email.ResetPassword({ ...recipient, token: yield* issueResetToken(userId) })
        case "PasswordChanged":
          return Email.PasswordChanged(recipient)
        case "TokenTheft":
          return Email.TokenTheft(recipient)
      }
    }),
  ).pipe(Effect.catchTag("AccountNotFound", () => Effect.succeed(null)))
})
