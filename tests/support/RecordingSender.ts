import { Context, Effect, Layer, Ref } from "effect"
import { type Email, type EmailNotSent, EmailSender } from "../../application/mail/EmailSender.ts"

/** What a sender was told to do. */
export interface SendingOrder {
  readonly email: Email
  readonly id: string
}

/** The mail server of a test: it keeps every order, and answers as the test says. */
export class MailServer extends Context.Service<
  MailServer,
  {
    readonly orders: Ref.Ref<ReadonlyArray<SendingOrder>>
    /** What becomes of each order; at first it is sent. */
    readonly answer: Ref.Ref<(order: SendingOrder) => Effect.Effect<void, EmailNotSent>>
  }
>()("taskwright/tests/MailServer") {}

/** An `EmailSender` whose server is the test's. */
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
