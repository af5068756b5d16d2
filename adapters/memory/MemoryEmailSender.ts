/** Implements `EmailSender` for tests and for a service without a mail server. */
import { Context, Effect, Layer } from "effect"
import { type Email, EmailSender } from "../../application/mail/EmailSender.ts"

/** How many emails are stored; beyond it, the oldest are dropped. */
const maxEmails = 1000

/** The emails that `MemoryEmailSender` accepted. They are never delivered. */
export class SentEmails extends Context.Service<
  SentEmails,
  {
    /** The latest 1,000 emails, oldest first. */
    readonly all: Effect.Effect<ReadonlyArray<Email>>
  }
>()("taskwright/memory/SentEmails") {}

/** Stores emails instead of sending them. */
export const layer: Layer.Layer<EmailSender | SentEmails> = Layer.effectContext(
  Effect.sync(() => {
    const emails: Array<Email> = []
    return Context.make(
      EmailSender,
      EmailSender.of({
        send: (email) =>
          Effect.sync(() => {
            emails.push(email)
            if (emails.length > maxEmails) emails.shift()
          }),
        isReachable: Effect.succeed(true),
      }),
    ).pipe(Context.add(SentEmails, SentEmails.of({ all: Effect.sync(() => [...emails]) })))
  }),
)
