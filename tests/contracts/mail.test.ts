/** Holds the SMTP sender and the file sender to the contract of `EmailSender`. */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { getCACertificates, setDefaultCACertificates } from "node:tls"
import { Context, Effect, Layer, Logger } from "effect"
import { afterAll } from "vitest"
import * as EmlEmailSender from "../../adapters/mail/eml/EmlEmailSender.ts"
import * as SmtpEmailSender from "../../adapters/mail/smtp/SmtpEmailSender.ts"
import { readMessage } from "../support/MailMessage.ts"
import { makeSelfSignedCertificate } from "../support/selfSignedCertificate.ts"
import * as smtpServer from "../support/smtpServer.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"
import * as EmailSender from "./EmailSender.contract.ts"

const from = { name: "Taskwright", address: "no-reply@example.com" }
const publicUrl = "https://tasks.example.com"

/** Reads what a mail program shows the recipient. */
const read = (source: string) => {
  const message = readMessage(source)
  return { to: /<?([^<> ]+@[^<> ]+?)>?$/.exec(message.header("To"))?.[1] ?? "", text: message.partOf("text/plain") }
}

class Folder extends Context.Service<Folder, string>()("taskwright/tests/Folder") {}

const eml = Layer.unwrap(Effect.map(Folder, (folder) => EmlEmailSender.layer({ folder, from, publicUrl }))).pipe(
  Layer.merge(Logger.layer([])),
  Layer.provideMerge(Layer.effect(Folder, temporaryFolder)),
)
const filed = Effect.map(Folder, (folder) =>
  readdirSync(folder).map((name) => read(readFileSync(join(folder, name), "latin1"))),
)

EmailSender.suite("eml", eml, filed)

const smtp = (settings: smtpServer.SmtpServerSettings) =>
  Layer.unwrap(
    Effect.map(smtpServer.TestSmtpServer, ({ port }) =>
      SmtpEmailSender.layer({ server: smtpServer.addressOf(port, settings), from, publicUrl }),
    ),
  ).pipe(Layer.provideMerge(smtpServer.layer(settings)))

// By the envelope, because the address in the header is only the message's own claim.
const received = Effect.map(smtpServer.TestSmtpServer, ({ received }) =>
  received.flatMap(({ source, to }) => to.map((address) => ({ to: address, text: read(source).text }))),
)

const certificate = makeSelfSignedCertificate([Uint8Array.of(127, 0, 0, 1)])
const trusted = getCACertificates("default")
setDefaultCACertificates([...trusted, certificate.certificate])
afterAll(() => setDefaultCACertificates(trusted))

const login = { user: "taskwright", password: "p@ss:w/rd" }

EmailSender.suite("SMTP in plain text", smtp({ isPlain: true }), received)
EmailSender.suite("SMTP with STARTTLS and a login", smtp({ certificate, login }), received)
EmailSender.suite("SMTP with TLS and a login", smtp({ certificate, login, isImplicitTls: true }), received)
