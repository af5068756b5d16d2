/** The use case that requests an email for a forgotten password. */
import { Schema } from "effect"
import { EmailAddress } from "../../../domain/accounts/EmailAddress.ts"
import { useCase } from "../../shared/UseCase.ts"
import { requestEmail } from "../email/RequestEmail.ts"

export const RequestPasswordReset = Schema.Struct({ email: EmailAddress })
export interface RequestPasswordReset extends Schema.Schema.Type<typeof RequestPasswordReset> {}

/**
 * Requests an email with a token for choosing a new password. If the address has an account, the older token is
 * revoked. At most 10 such emails an hour are sent. Neither the response nor its time reveals whether there is an
 * account.
 */
export const requestPasswordReset = useCase("requestPasswordReset")(function* ({ email }: RequestPasswordReset) {
  return yield* requestEmail(email, "ResetPassword")
})
