import type { AddressInfo } from "node:net"
import { Context, Effect, Layer, Redacted } from "effect"
import { SMTPServer, type SMTPServerOptions } from "smtp-server"
import type { SmtpServer } from "../../adapters/mail/smtp/SmtpUrl.ts"

/** A mail as the server took it. */
export interface ReceivedEmail {
  readonly to: ReadonlyArray<string>
  /** The message as it came: headers and parts, encoded. */
  readonly source: string
  readonly isEncrypted: boolean
  /** Who was logged in; null for nobody. */
  readonly user: string | null
}

export interface SmtpServerSettings {
  /** 0: any free port. */
  readonly port?: number
  readonly host?: string
  readonly certificate?: { readonly certificate: string; readonly key: string }
  /** TLS from the first byte. */
  readonly isImplicitTls?: boolean
  /** Whom it lets in; nobody has to log in where it is left out. */
  readonly login?: { readonly user: string; readonly password: string }
  /** Offers no STARTTLS, and lets people log in all the same. */
  readonly isPlain?: boolean
  /** What it answers to a recipient; undefined takes the recipient. */
  readonly refuse?: (address: string) => number | undefined
  /** How long it thinks about a recipient. */
  readonly thinkingMillis?: number
  /** What it answers to a sender or to a message. */
  readonly refuseSender?: () => number | undefined
  readonly refuseMessage?: () => number | undefined
}

export interface RunningSmtpServer {
  readonly port: number
  readonly received: ReadonlyArray<ReceivedEmail>
  /** What was said to it in its place: user names and passwords, encrypted or not. */
  readonly logins: ReadonlyArray<string>
  readonly connections: () => number
}

const refusal = (code: number | undefined): Error | null =>
  code === undefined
    ? null
    : Object.assign(new Error(`${code >= 500 ? 5 : 4}.1.1 no such thing`), { responseCode: code })

/** A real mail server on this machine that keeps what it takes; it stops with the scope. */
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
            // A client that hangs up in the middle is nothing to end the test process for.
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

/** The server as the adapter is told of it. */
export const addressOf = (
  port: number,
  { host = "127.0.0.1", isImplicitTls = false, login }: Omit<SmtpServerSettings, "port"> = {},
): SmtpServer => ({
  host,
  port,
  tls: isImplicitTls ? "implicit" : null,
  credentials: login === undefined ? null : { user: login.user, password: Redacted.make(login.password) },
})
