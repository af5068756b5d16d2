/** A real SMTP server for tests, with settings for TLS, login and refusals. */
import type { AddressInfo } from "node:net"
import { Context, Effect, Layer, Redacted } from "effect"
import { SMTPServer, type SMTPServerOptions } from "smtp-server"
import type { SmtpServer } from "../../adapters/mail/smtp/SmtpUrl.ts"

/** An email as the server received it. */
export interface ReceivedEmail {
  readonly to: ReadonlyArray<string>
  /** The message as received, with encoded headers and parts. */
  readonly source: string
  readonly isEncrypted: boolean
  /** The name of the logged-in user; null without a login. */
  readonly user: string | null
}

export interface SmtpServerSettings {
  /** 0 means any free port. */
  readonly port?: number
  readonly host?: string
  readonly certificate?: { readonly certificate: string; readonly key: string }
  /** TLS from the first byte. */
  readonly isImplicitTls?: boolean
  /** The login that the server requires. If it is absent, no login is needed. */
  readonly login?: { readonly user: string; readonly password: string }
  /** Offers no STARTTLS, and accepts a login without it. */
  readonly isPlain?: boolean
  /** The status with which it refuses a recipient; undefined accepts the recipient. */
  readonly refuse?: (address: string) => number | undefined
  /** How long it waits before it responds to a recipient. */
  readonly thinkingMillis?: number
  /** The status with which it refuses a sender or a message. */
  readonly refuseSender?: () => number | undefined
  readonly refuseMessage?: () => number | undefined
}

export interface RunningSmtpServer {
  readonly port: number
  readonly received: ReadonlyArray<ReceivedEmail>
  /** The user names and passwords that clients have sent, encrypted or not. */
  readonly logins: ReadonlyArray<string>
  readonly connections: () => number
}

const refusal = (code: number | undefined): Error | null =>
  code === undefined
    ? null
    : Object.assign(new Error(`${code >= 500 ? 5 : 4}.1.1 no such thing`), { responseCode: code })

/** Starts a mail server on this machine that stores the emails it receives. It stops with the scope. */
export const startSmtpServer = (settings: SmtpServerSettings = {}) =>
  Effect.acquireRelease(
    Effect.promise(
      () =>
        new Promise<RunningSmtpServer & { readonly server: SMTPServer }>((resolve, reject) => {
          const received: Array<ReceivedEmail> = []
          const logins: Array<string> = []
          let connections = 0
          const { certificate, login } = settings
          const options: SMTPServerOptions = {
            logger: false,
            secure: settings.isImplicitTls === true,
            ...(certificate !== undefined && { cert: certificate.certificate, key: certificate.key }),
            disableReverseLookup: true,
            closeTimeout: 100,
            authOptional: login === undefined,
            allowInsecureAuth: settings.isPlain === true,
            disabledCommands: certificate === undefined || settings.isPlain === true ? ["STARTTLS"] : [],
            onConnect: (_session, done) => {
              connections++
              done()
            },
            onAuth: (auth, _session, done) => {
              logins.push(`${auth.username}:${auth.password}`)
              if (auth.username === login?.user && auth.password === login?.password)
                done(null, { user: auth.username })
              else done(Object.assign(new Error("no"), { responseCode: 535 }))
            },
            onMailFrom: (_address, _session, done) => done(refusal(settings.refuseSender?.())),
            onRcptTo: ({ address }, _session, done) => {
              setTimeout(() => done(refusal(settings.refuse?.(address))), settings.thinkingMillis ?? 0)
            },
            onData: (stream, session, done) => {
              const chunks: Array<Buffer> = []
              stream.on("data", (chunk: Buffer) => chunks.push(chunk))
              stream.on("end", () => {
                const refused = refusal(settings.refuseMessage?.())
                if (refused === null)
                  received.push({
                    to: session.envelope.rcptTo.map(({ address }) => address),
                    source: Buffer.concat(chunks).toString("latin1"),
                    isEncrypted: session.secure,
                    user: typeof session.user === "string" ? session.user : null,
                  })
                done(refused)
              })
            },
          }
          const server = new SMTPServer(options)
          server.once("error", reject)
          server.listen(settings.port ?? 0, settings.host ?? "127.0.0.1", () => {
            server.off("error", reject)
            // A client that disconnects midway must not crash the test process.
            server.on("error", () => {})
            const { port } = server.server.address() as AddressInfo
            resolve({ server, port, received, logins, connections: () => connections })
          })
        }),
    ),
    ({ server }) => Effect.promise(() => new Promise<void>((resolve) => server.close(() => resolve()))),
  )

export class TestSmtpServer extends Context.Service<TestSmtpServer, RunningSmtpServer>()(
  "taskwright/tests/TestSmtpServer",
) {}

export const layer = (settings: SmtpServerSettings): Layer.Layer<TestSmtpServer> =>
  Layer.effect(TestSmtpServer, startSmtpServer(settings))

/** The server's address in the form that the adapter reads. */
export const addressOf = (
  port: number,
  { host = "127.0.0.1", isImplicitTls = false, login }: Omit<SmtpServerSettings, "port"> = {},
): SmtpServer => ({
  host,
  port,
  tls: isImplicitTls ? "implicit" : null,
  credentials: login === undefined ? null : { user: login.user, password: Redacted.make(login.password) },
})
