import { Effect, Schema } from "effect"
import { EmailAddress } from "../../domain/accounts/EmailAddress.ts"
import { mailIfKnown } from "./MailIfKnown.ts"
import { PasswordResetRepository } from "./PasswordResetRepository.ts"

export const ForgotPassword = Schema.Struct({ email: EmailAddress })
export interface ForgotPassword extends Schema.Schema.Type<typeof ForgotPassword> {}

/**
 * Mails a token to choose another password with, and ends the older one at once, if there is an account with that
 * address, at most 10 times an hour. Who asks cannot tell whether there is: neither by the answer nor by its time.
 */
export const forgotPassword = Effect.fn("forgotPassword")(function* ({ email }: ForgotPassword) {
  const resets = yield* PasswordResetRepository
  yield* mailIfKnown({ email, kind: "ResetPassword", isFor: () => true, endOlder: resets.remove })
})
