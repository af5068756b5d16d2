/** Checks the mail server of a set-up: whether it greets, its encryption and its login. No email is sent. */
import { Effect, Redacted } from "effect"
import { createTransport } from "nodemailer"
import { type Finding, failed, ok, warning, withinLimit } from "../../diagnosis/Finding.ts"
import { addressOf } from "./SmtpEmailSender.ts"
import { toEmailNotSent } from "./SmtpErrors.ts"
import { type SmtpServer, startTlsOf } from "./SmtpUrl.ts"

const check = "mail"
const advice = "Check SMTP_URL, the server and the network."
const stepMillis = 4_000

/** Connects, encrypts, logs in and disconnects. */
export const checkSmtp = (server: SmtpServer): Effect.Effect<ReadonlyArray<Finding>> =>
  Effect.acquireUseRelease(
    Effect.sync(() => openTransport(server)),
    (transport) => Effect.tryPromise({ try: () => transport.verify(), catch: toEmailNotSent }),
    (transport) => Effect.sync(() => transport.close()),
  ).pipe(
    Effect.map(() => [accepted(server)]),
    Effect.catch(({ reason }) =>
      Effect.succeed([failed(check, `${server.host}:${server.port} refused: ${reason}. ${advice}`)]),
    ),
    withinLimit(check, advice),
  )

const openTransport = (server: SmtpServer) =>
  createTransport({
    ...addressOf(server),
    ...(server.credentials !== null && {
      auth: { user: server.credentials.user, pass: Redacted.value(server.credentials.password) },
    }),
    dnsTimeout: stepMillis,
    connectionTimeout: stepMillis,
    greetingTimeout: stepMillis,
    socketTimeout: stepMillis,
  })

const accepted = (server: SmtpServer): Finding => {
  const login = server.credentials === null ? "without a login" : "accepts the login"
  const text = `${server.host}:${server.port} ${login}`
  return server.tls === null && startTlsOf(server) === "if offered" && server.credentials === null
    ? warning(check, `${text}; emails can cross the network in plain text. Use smtps:// or smtp+starttls://.`)
    : ok(check, text)
}
