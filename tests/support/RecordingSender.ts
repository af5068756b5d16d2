/** An email sender for tests that records every order and replies as the test says. */
import { Context, Effect, Layer, Ref } from "effect"
import { type Email, type EmailNotSent, EmailSender } from "../../application/mail/EmailSender.ts"

/** One email that a sender was asked to send. */
export interface SendingOrder {
  readonly email: Email
  readonly id: string
}

/** The mail server of a test. It records every order, and the test decides how it responds. */
export class MailServer extends Context.Service<
  MailServer,
  {
    readonly orders: Ref.Ref<ReadonlyArray<SendingOrder>>
    /** Decides the result of each order. By default the email is sent. */
    readonly answer: Ref.Ref<(order: SendingOrder) => Effect.Effect<void, EmailNotSent>>
  }
>()("taskwright/tests/MailServer") {}

/** An `EmailSender` in front of the test's `MailServer`. */
export const layer: Layer.Layer<EmailSender | MailServer> = Layer.effectContext(
  Effect.gen(function* () {
    const orders = yield* Ref.make<ReadonlyArray<SendingOrder>>([])
    const answer = yield* Ref.make<(order: SendingOrder) => Effect.Effect<void, EmailNotSent>>(() => Effect.void)
    const sender = EmailSender.of({
      send: Effect.fnUntraced(function* (email, id) {
        yield* Ref.update(orders, (before) => [...before, { email, id }])
        yield* (yield* Ref.get(answer))({ email, id })
      }),
      isReachable: Effect.succeed(true),
    })
    return Context.make(EmailSender, sender).pipe(Context.add(MailServer, { orders, answer }))
  }),
)
