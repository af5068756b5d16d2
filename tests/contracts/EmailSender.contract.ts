/** The contract suite of the `EmailSender` port, which every adapter of it runs. */
import { expect, layer } from "@effect/vitest"
import { Effect, type Layer } from "effect"
import { Email, EmailSender } from "../../application/mail/EmailSender.ts"
import type { FullName } from "../../domain/accounts/UserAccount.ts"
import { newEmail, newTaskId, newTokenSalt } from "../support/entities.ts"

/** An email as it reached its recipient. */
export interface DeliveredEmail {
  readonly to: string
  /** The whole message as plain text. */
  readonly text: string
}

/**
 * Registers the tests of every promise that an `EmailSender` makes. `delivered` reads the emails that have reached
 * their recipients so far, in any order.
 */
export const suite = <R>(
  name: string,
  sender: Layer.Layer<EmailSender | R, unknown>,
  delivered: Effect.Effect<ReadonlyArray<DeliveredEmail>, never, R>,
) =>
  layer(sender, { excludeTestServices: true })(`EmailSender: ${name}`, (it) => {
    const deliveredTo = (to: string) => Effect.map(delivered, (emails) => emails.filter((email) => email.to === to))
    const makeEmail = (fullName = "Ada Lovelace") =>
      Email.VerifyEmail({
        to: newEmail(),
        // Not decoded, because a name that an older version stored can hold anything.
        fullName: fullName as FullName,
        token: `${newTokenSalt()}.${newTokenSalt()}`,
      })
    const send = (email: Email) => Effect.flatMap(EmailSender, (mail) => mail.send(email, newTaskId()))

    it.effect("delivers an email with its token exactly once before `send` ends", () =>
      Effect.gen(function* () {
        const email = makeEmail()
        yield* send(email)
        const [mail, ...more] = yield* deliveredTo(email.to)
        expect(mail?.text).toContain(email.token)
        expect(more).toStrictEqual([])
      }),
    )

    it.effect("delivers an email of every kind", () =>
      Effect.gen(function* () {
        const { fullName, to, token } = makeEmail()
        const emails = [
          Email.VerifyEmail({ to, fullName, token }),
          Email.ResetPassword({ to, fullName, token }),
          Email.PasswordChanged({ to, fullName }),
          Email.TokenTheft({ to, fullName }),
        ]
        yield* Effect.forEach(emails, send, { discard: true })
        const texts = (yield* deliveredTo(to)).map(({ text }) => text)
        expect(new Set(texts).size).toBe(emails.length)
        expect(texts.filter((text) => text.includes(token)).length).toBe(2)
      }),
    )

    it.effect("delivers each of 20 concurrent emails", () =>
      Effect.gen(function* () {
        const emails = Array.from({ length: 20 }, () => makeEmail())
        yield* Effect.forEach(emails, send, { concurrency: "unbounded", discard: true })
        for (const { to, token } of emails) {
          const [mail, ...more] = yield* deliveredTo(to)
          expect(mail?.text).toContain(token)
          expect(more).toStrictEqual([])
        }
      }),
    )

    it.effect("delivers to the recipient's address only, whatever the name contains", () =>
      Effect.gen(function* () {
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
        for (const { to, token } of emails) {
          const [mail, ...more] = yield* deliveredTo(to)
          expect(mail?.text).toContain(token)
          expect(more).toStrictEqual([])
        }
        expect(yield* deliveredTo(intruder)).toStrictEqual([])
      }),
    )

    it.effect("reports that it can send emails", () =>
      Effect.gen(function* () {
        expect(yield* (yield* EmailSender).isReachable).toBe(true)
      }),
    )
  })
