import { Effect, Schema } from "effect"
import { EmailAddress } from "../../domain/accounts/EmailAddress.ts"
import { EmailVerificationRepository } from "./EmailVerificationRepository.ts"
import { mailIfKnown } from "./MailIfKnown.ts"

export const ResendVerification = Schema.Struct({ email: EmailAddress })
export interface ResendVerification extends Schema.Schema.Type<typeof ResendVerification> {}

/**
 * Mails a new verification token, and ends the older one at once, if there is an account with that address whose
 * verification is open, at most 10 times an hour. Who asks cannot tell whether there is: neither by the answer nor by
 * its time.
 */
export const resendVerification = Effect.fn("resendVerification")(function* ({ email }: ResendVerification) {
  const verifications = yield* EmailVerificationRepository
  yield* mailIfKnown({
    email,
    kind: "VerifyEmail",
    isFor: ({ isActive }) => !isActive,
    endOlder: verifications.remove,
  })
})
