/** The sender, the emails and the certificate that the tests of the SMTP sender share. */
import { getCACertificates, setDefaultCACertificates } from "node:tls"
import { expect } from "@effect/vitest"
import { Effect } from "effect"
import * as SmtpEmailSender from "../../../../adapters/mail/smtp/SmtpEmailSender.ts"
import type { SmtpServer } from "../../../../adapters/mail/smtp/SmtpUrl.ts"
import { Email, EmailSender } from "../../../../application/mail/EmailSender.ts"
import { FullName } from "../../../../domain/accounts/UserAccount.ts"
import { newEmail } from "../../../support/entities.ts"
import { makeSelfSignedCertificate } from "../../../support/selfSignedCertificate.ts"
import { addressOf, type SmtpServerSettings, startSmtpServer } from "../../../support/smtpServer.ts"

export const login = { user: "taskwright", password: "hunter2" }
export const token = "t0ken-_".padEnd(64, "x")
export const mailId = "019c0000-0000-7000-8000-000000000000.2"

/** An address of this machine in a form that does not count as local, as a remote server's would. */
export const elsewhere = "::ffff:7f00:1"
export const certificate = makeSelfSignedCertificate([
  Uint8Array.of(127, 0, 0, 1),
  Buffer.from("00000000000000000000ffff7f000001", "hex"),
])

/** Makes this process trust the certificate until the scope closes. */
export const trustCertificate = Effect.acquireRelease(
  Effect.sync(() => {
    const before = getCACertificates("default")
    setDefaultCACertificates([...before, certificate.certificate])
    return before
  }),
  (before) => Effect.sync(() => setDefaultCACertificates(before)),
)

export const withSender =
  (server: SmtpServer, sendLimitMillis?: number) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    Effect.provide(
      effect,
      SmtpEmailSender.layer({
        server,
        from: { name: "Taskwright", address: "no-reply@example.com" },
        publicUrl: "https://tasks.example.com",
        sendLimitMillis,
      }),
    )

export const makeEmail = () => Email.VerifyEmail({ to: newEmail(), fullName: FullName.make("Zoë Lovelace"), token })
export const send = (email: Email = makeEmail()) => Effect.flatMap(EmailSender, (sender) => sender.send(email, mailId))
export const isReachable = Effect.flatMap(EmailSender, (sender) => sender.isReachable)

/** Sends one email through such a server and returns the reason of its failure. */
export const failureWith = Effect.fnUntraced(function* (
  settings: SmtpServerSettings,
  told: SmtpServerSettings = settings,
) {
  const server = yield* startSmtpServer(settings)
  const email = makeEmail()
  const failure = yield* Effect.flip(send(email)).pipe(withSender(addressOf(server.port, told)))
  for (const secret of [email.to, token, login.password]) expect(failure.reason).not.toContain(secret)
  return { ...server, reason: failure.reason, isFinal: failure.isFinal }
})
