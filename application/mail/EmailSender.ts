import { Context, Data, type Effect } from "effect"
import type { EmailAddress } from "../../domain/accounts/EmailAddress.ts"
import type { FullName } from "../../domain/accounts/UserAccount.ts"

interface Recipient {
  readonly to: EmailAddress
  readonly fullName: FullName
}

/** A mail by what it says; `EmailContent.ts` words it, and where its links lead is the adapter's business. */
export type Email = Data.TaggedEnum<{
  /** Asks the owner of a new account to verify the address with this token. */
  VerifyEmail: Recipient & { readonly token: string }
  /** Lets the owner of an account choose another password with this token. */
  ResetPassword: Recipient & { readonly token: string }
  /** Tells the owner that the password was changed. */
  PasswordChanged: Recipient
  /** Tells the owner that a session was ended because a refresh token of it was shown a second time. */
  TokenTheft: Recipient
}>
export const Email = Data.taggedEnum<Email>()

/** The mail did not go out, as far as is known. */
export class EmailNotSent extends Data.TaggedError("EmailNotSent")<{
  /** In a few words for the log, such as the codes of a refusal. It holds no address and no token. */
  readonly reason: string
  /** It was refused for good: trying again would get the same answer. */
  readonly isFinal: boolean
}> {}

/** Sends mail. */
export class EmailSender extends Context.Service<
  EmailSender,
  {
    /**
     * Sends the mail now, to its one recipient, within 30 seconds. Success means that it was handed over for good.
     * The id (1 to 100 characters of `[A-Za-z0-9.-]`) goes with the mail: who gets the same one twice can tell.
     */
    readonly send: (email: Email, id: string) => Effect.Effect<void, EmailNotSent>

    /** Whether mails could go out now, as was found out a few seconds ago at most. It MUST answer within a second. */
    readonly isReachable: Effect.Effect<boolean>
  }
>()("taskwright/EmailSender") {}
