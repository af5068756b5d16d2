/** Sends emails through an SMTP server. */
import { setTimeout } from "node:timers/promises"
import { Clock, Effect, Layer, Redacted } from "effect"
import { createTransport } from "nodemailer"
import { EmailNotSent, EmailSender } from "../../../application/mail/EmailSender.ts"
import { emailContent } from "../EmailContent.ts"
import { type Mailbox, messageIdOf, recipientOf } from "../EmailHeaders.ts"
import { isServerWorking, toEmailNotSent } from "./SmtpErrors.ts"
import { makeSmtpHealth } from "./SmtpHealth.ts"
import { type SmtpServer, startTlsOf } from "./SmtpUrl.ts"

export interface SmtpEmailSenderOptions {
  readonly server: SmtpServer
  readonly from: Mailbox
  /** The base of links, without a slash at the end. */
  readonly publicUrl: string
  /** The timeout of sending an email; 30 seconds by default. */
  readonly sendLimitMillis?: number | undefined
}

const maxConnections = 5
/**
 * The maximum time that an idle connection stays open. Servers close idle connections at some time, and the next email
 * would fail first.
 */
const idleMillis = 20_000
const connectTimeoutMillis = 10_000
const greetingTimeoutMillis = 10_000
const socketTimeoutMillis = 20_000
const probeTimeoutMillis = 1_000
/** The time that the result of a probe is cached. */
const probeLifetime = "5 seconds"

/**
 * Sends emails over at most 5 SMTP connections. `startTlsOf` decides whether they are encrypted; certificates are
 * verified against the authorities that this process trusts.
 */
export const layer = (options: SmtpEmailSenderOptions): Layer.Layer<EmailSender> =>
  Layer.effect(
    EmailSender,
    Effect.gen(function* () {
      const { from, publicUrl, server } = options
      const sendLimitMillis = options.sendLimitMillis ?? 30_000
      const transport = yield* Effect.acquireRelease(
        Effect.sync(() => openPool(server)),
        (opened) => Effect.sync(() => opened.close()),
      )
      const health = yield* makeSmtpHealth(`${server.host}:${server.port}`)
      const isReachable = yield* Effect.cachedWithTTL(probe(server), probeLifetime)

      return EmailSender.of({
        send: Effect.fnUntraced(function* (email, id) {
          const date = new Date(yield* Clock.currentTimeMillis)
          yield* Effect.tryPromise({
            // A timeout closes the connection, so a late response of the server has no effect.
            try: (signal) =>
              transport.sendMail({
                from,
                to: recipientOf(email),
                date,
                messageId: messageIdOf(id, from),
                ...emailContent(email, publicUrl),
                disableFileAccess: true,
                disableUrlAccess: true,
                signal,
              }),
            catch: (thrown) => {
              const failure = toEmailNotSent(thrown)
              const isWorking = isServerWorking(thrown)
              if (isWorking === false) health.recordFailure(failure.reason)
              if (isWorking === true) health.recordSuccess()
              return failure
            },
          }).pipe(
            Effect.timeoutOrElse({
              duration: sendLimitMillis,
              orElse: () => {
                const reason = `no answer in ${sendLimitMillis} ms`
                health.recordFailure(reason)
                return Effect.fail(new EmailNotSent({ reason, isFinal: false }))
              },
            }),
          )
          health.recordSuccess()
        }),
        isReachable,
      })
    }),
  )

/** The options of a connection to that server. */
export const addressOf = (server: SmtpServer) => ({
  host: server.host,
  port: server.port,
  secure: server.tls === "implicit",
  requireTLS: startTlsOf(server) === "required",
  ignoreTLS: startTlsOf(server) === "never",
})

const openPool = (server: SmtpServer) =>
  createTransport({
    ...addressOf(server),
    ...(server.credentials !== null && {
      auth: { user: server.credentials.user, pass: Redacted.value(server.credentials.password) },
    }),
    pool: true,
    maxConnections,
    // The outbox retries, with a longer wait each time, and logs it.
    maxRequeues: 0,
    idleTimeout: idleMillis,
    dnsTimeout: connectTimeoutMillis,
    connectionTimeout: connectTimeoutMillis,
    greetingTimeout: greetingTimeoutMillis,
    socketTimeout: socketTimeoutMillis,
  })

/**
 * Returns whether the server greets within a second, encrypted if it must be. The probe never logs in, because servers
 * count logins.
 */
const probe = (server: SmtpServer): Effect.Effect<boolean> =>
  Effect.promise(async () => {
    const transport = createTransport({
      ...addressOf(server),
      dnsTimeout: probeTimeoutMillis,
      connectionTimeout: probeTimeoutMillis,
      greetingTimeout: probeTimeoutMillis,
      socketTimeout: probeTimeoutMillis,
    })
    const greeted = transport.verify().then(
      () => true,
      () => false,
    )
    return Promise.race([greeted, setTimeout(probeTimeoutMillis, false)])
  }).pipe(Effect.uninterruptible)
