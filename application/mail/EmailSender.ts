/** The port that sends emails, and the kinds of email that there are. */
import { Context, Data, type Effect } from "effect"
import type { EmailAddress } from "../../domain/accounts/EmailAddress.ts"
import type { FullName } from "../../domain/accounts/UserAccount.ts"

interface Recipient {
  readonly to: EmailAddress
  readonly fullName: FullName
}

/** An email by its content. `EmailContent.ts` writes the text, and the adapter decides which URLs its links use. */
export type Email = Data.TaggedEnum<{
  /** Asks the owner of a new account to verify the address with this token. */
  VerifyEmail: Recipient & { readonly token: string }
  /** Lets the owner of an account choose another password with this token. */
  ResetPassword: Recipient & { readonly token: string }
  /** Tells the owner that the password has changed. */
  PasswordChanged: Recipient
  /** Tells the owner that a session was revoked because its refresh token was reused. */
  TokenTheft: Recipient
}>
export const Email = Data.taggedEnum<Email>()

/** The email was not sent, as far as the sender knows. */
export class EmailNotSent extends Data.TaggedError("EmailNotSent")<{
  /** A short description for the log, such as the codes of an error response. It contains no address and no token. */
  readonly reason: string
  /** The error is permanent: a retry would fail in the same way. */
  readonly isFinal: boolean
}> {}

/** Sends emails. */
export class EmailSender extends Context.Service<
  EmailSender,
  {
    /**
     * Sends the email to its one recipient within 30 seconds. Success means that the email was accepted for delivery
     * and needs no retry. The id (1 to 100 characters of `[A-Za-z0-9.-]`) is sent with the email, so that a mailbox can
     * detect duplicates.
     */
    readonly send: (email: Email, id: string) => Effect.Effect<void, EmailNotSent>

    /**
     * Whether emails can be sent now. The result may be a few seconds old. The adapter MUST respond within a second.
     */
    readonly isReachable: Effect.Effect<boolean>
  }
>()("taskwright/EmailSender") {}
