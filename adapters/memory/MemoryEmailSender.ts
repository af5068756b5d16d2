import { Context, Effect, Layer } from "effect"
import { type Email, EmailSender } from "../../application/mail/EmailSender.ts"

/** How many mails are kept: the latest. */
const emailLimit = 1000

/** Where the mails of `MemoryEmailSender` can be read: nobody else will get them. */
export class SentEmails extends Context.Service<
  SentEmails,
  {
    /** The latest 1,000 mails, oldest first. */
    readonly all: Effect.Effect<ReadonlyArray<Email>>
  }
>()("taskwright/memory/SentEmails") {}

/** Keeps mails instead of sending them. */
export const layer: Layer.Layer<EmailSender | SentEmails> = Layer.effectContext(
  Effect.sync(() => {
    const emails: Array<Email> = []
    return Context.make(
      EmailSender,
      EmailSender.of({
        send: (email) =>
          Effect.sync(() => {
            emails.push(email)
            if (emails.length > emailLimit) emails.shift()
          }),
        isReachable: Effect.succeed(true),
      }),
    ).pipe(Context.add(SentEmails, SentEmails.of({ all: Effect.sync(() => [...emails]) })))
  }),
)
