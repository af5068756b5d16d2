/** The use case that requests another verification email. */
import { Schema } from "effect"
import { EmailAddress } from "../../../domain/accounts/EmailAddress.ts"
import { useCase } from "../../shared/UseCase.ts"
import { requestEmail } from "./RequestEmail.ts"

export const ResendVerification = Schema.Struct({ email: EmailAddress })
export interface ResendVerification extends Schema.Schema.Type<typeof ResendVerification> {}

/**
 * Requests an email with a new verification token. If the address has an account with a pending verification, the older
 * token is revoked. At most 10 such emails an hour are sent. Neither the response nor its time reveals whether there is
 * such an account.
 */
export const resendVerification = useCase("resendVerification")(function* ({ email }: ResendVerification) {
  return yield* requestEmail(email, "VerifyEmail")
})
