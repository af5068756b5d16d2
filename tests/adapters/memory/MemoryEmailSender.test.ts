/** Holds the memory sender to the latest thousand emails. */
import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import * as MemoryEmailSender from "../../../adapters/memory/MemoryEmailSender.ts"
import { Email, EmailSender } from "../../../application/mail/EmailSender.ts"
import { FullName } from "../../../domain/accounts/UserAccount.ts"
import { newEmail } from "../../support/entities.ts"

it.effect("MemoryEmailSender keeps the latest thousand emails, oldest first", () =>
  Effect.gen(function* () {
    const { send } = yield* EmailSender
    const { all } = yield* MemoryEmailSender.SentEmails
    const [to, fullName] = [newEmail(), FullName.make("Ada Lovelace")]
    for (let token = 0; token < 1100; token++)
      yield* send(Email.VerifyEmail({ to, fullName, token: String(token) }), String(token))
    const kept = yield* all
    expect(kept.map((email) => "token" in email && email.token)).toStrictEqual(
      Array.from({ length: 1000 }, (_, index) => String(index + 100)),
    )
  }).pipe(Effect.provide(MemoryEmailSender.layer)),
)
