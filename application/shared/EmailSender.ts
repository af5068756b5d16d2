import { Context, Data, type Effect } from "effect"
import type { EmailAddress } from "../../domain/accounts/EmailAddress.ts"
import type { FullName } from "../../domain/accounts/UserAccount.ts"

/** A mail by what it says; how it is worded and where its links lead is the adapter's business. */
export type Email = Data.TaggedEnum<{
  /** Asks the owner of a new account to verify the address with this token. */
  VerifyEmail: { readonly to: EmailAddress; readonly fullName: FullName; readonly token: string }
}>
export const Email = Data.taggedEnum<Email>()

/** Sends mail. */
export class EmailSender extends Context.Service<
  EmailSender,
  {
    /**
     * Takes the mail over for delivery. It MUST NOT fail, and MUST NOT wait for a mail server: what cannot be
     * delivered is tried again, a bounded number of times, and then logged without the address or the token.
     */
    readonly send: (email: Email) => Effect.Effect<void>
  }
>()("taskwright/EmailSender") {}
