import { Effect, Schema } from "effect"
import { EmailAddress } from "../../../domain/accounts/EmailAddress.ts"
import { requestEmail } from "./RequestEmail.ts"

export const ResendVerification = Schema.Struct({ email: EmailAddress })
export interface ResendVerification extends Schema.Schema.Type<typeof ResendVerification> {}

/**
 * Asks for a mail with a new verification token. If there is an account with that address whose verification is open,
 * the older token ends with it; at most 10 such mails an hour go out. Neither the response nor its time tells whether
 * there is one.
 */
export const resendVerification = Effect.fn("resendVerification")(({ email }: ResendVerification) =>
  requestEmail(email, "VerifyEmail"),
)
