import { assert, layer } from "@effect/vitest"
import { Effect, type Layer } from "effect"
import { Email, EmailSender } from "../../application/shared/EmailSender.ts"
import type { EmailAddress } from "../../domain/accounts/EmailAddress.ts"
import { FullName } from "../../domain/accounts/UserAccount.ts"
import { newEmail, newTokenSalt } from "../support/entities.ts"

/** A mail as it reached its reader: to whom, and the token in it. */
export interface DeliveredEmail {
  readonly to: string
  readonly token: string
}

/**
 * What every `EmailSender` promises. `delivered` reads what has reached its readers so far, in any order; the suite
 * looks up to five seconds for what it sent.
 */
export const suite = <R>(
  name: string,
  sender: Layer.Layer<EmailSender | R, unknown>,
  delivered: Effect.Effect<ReadonlyArray<DeliveredEmail>, never, R>,
) =>
  layer(sender, { excludeTestServices: true })(`EmailSender: ${name}`, (it) => {
    const deliveredTo = Effect.fnUntraced(function* (addresses: ReadonlyArray<EmailAddress>) {
      for (let looks = 1; ; looks++) {
        const found = (yield* delivered).filter(({ to }) => addresses.some((address) => address === to))
        if (found.length >= addresses.length || looks === 100) return found
        yield* Effect.sleep("50 millis")
      }
    })
    const makeEmail = (fullName = "Ada Lovelace") =>
      Email.VerifyEmail({
        to: newEmail(),
        fullName: FullName.make(fullName),
        token: `${newTokenSalt()}.${newTokenSalt()}`,
      })

    it.effect("delivers a mail with its token, once", () =>
      Effect.gen(function* () {
        const { send } = yield* EmailSender
        const email = makeEmail()
        yield* send(email)
        assert.deepStrictEqual(yield* deliveredTo([email.to]), [{ to: email.to, token: email.token }])
      }),
    )

    it.effect("delivers each of 20 mails at once", () =>
      Effect.gen(function* () {
        const { send } = yield* EmailSender
        const emails = Array.from({ length: 20 }, () => makeEmail())
        yield* Effect.forEach(emails, send, { concurrency: "unbounded", discard: true })
        const found = yield* deliveredTo(emails.map(({ to }) => to))
        assert.sameDeepMembers(
          [...found],
          emails.map(({ to, token }) => ({ to, token })),
        )
      }),
    )

    it.effect("delivers to the address alone, whatever the name holds", () =>
      Effect.gen(function* () {
        const { send } = yield* EmailSender
        const intruder = newEmail()
        const names = [
          `Ann\r\nBcc: ${intruder}\r\nX: y`,
          `Ann\nTo: ${intruder}\n\nBody`,
          `Ann" <${intruder}>, "`,
          "Zoë 👩🏽‍🌾 =?utf-8?q?x?=",
          "🌻".repeat(100),
        ]
        const emails = names.map(makeEmail)
        yield* Effect.forEach(emails, send, { discard: true })
        const found = yield* deliveredTo(emails.map(({ to }) => to))
        assert.sameDeepMembers(
          [...found],
          emails.map(({ to, token }) => ({ to, token })),
        )
        assert.isFalse((yield* delivered).some(({ to }) => to === intruder))
      }),
    )
  })
