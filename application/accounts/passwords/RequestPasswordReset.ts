import { Effect, Schema } from "effect"
import { EmailAddress } from "../../../domain/accounts/EmailAddress.ts"
import { requestEmail } from "../email/RequestEmail.ts"

export const RequestPasswordReset = Schema.Struct({ email: EmailAddress })
export interface RequestPasswordReset extends Schema.Schema.Type<typeof RequestPasswordReset> {}

/**
 * Asks for a mail with a token to choose another password with. If there is an account with that address, the older
 * token ends with it; at most 10 such mails an hour go out. Neither the response nor its time tells whether there is one.
 */
export const requestPasswordReset = Effect.fn("forgotPassword")(({ email }: RequestPasswordReset) =>
  requestEmail(email, "ResetPassword"),
)
