/** Parses `SMTP_URL` and decides about encryption. */
import { Option, Redacted, Result } from "effect"

/** A mail server, its credentials and its encryption. */
export interface SmtpServer {
  readonly host: string
  readonly port: number
  /** TLS from the first byte, or required from the first command on (STARTTLS); null: `startTlsOf` decides. */
  readonly tls: "implicit" | "starttls" | null
  readonly credentials: { readonly user: string; readonly password: Redacted.Redacted } | null
}

const implicitTlsPort = 465
/** The port of mail submission (RFC 6409). */
const submissionPort = 587

const tlsOfProtocol: Readonly<Record<string, SmtpServer["tls"]>> = {
  "smtps:": "implicit",
  "smtp+starttls:": "starttls",
  "smtp:": null,
}

/**
 * Parses `smtps://user:password@host:port`, `smtp+starttls://…` or `smtp://…`; credentials and port are optional.
 * Returns none for anything else, a path or a parameter too: the user could rely on a part that is silently ignored.
 */
export const parse = (text: string): Option.Option<SmtpServer> => {
  const url = /^[\x21-\x7e]{1,2048}$/.test(text) ? URL.parse(text) : null
  const tls = url === null ? undefined : tlsOfProtocol[url.protocol]
  if (url === null || tls === undefined) return Option.none()
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1")
  if (!/^[A-Za-z0-9._:-]{1,255}$/.test(host) || !/^\/?$/.test(url.pathname) || /[?#]/.test(text)) return Option.none()
  const port = url.port === "" ? (tls === "implicit" ? implicitTlsPort : submissionPort) : Number(url.port)
  if (port === 0 || (url.username === "") !== (url.password === "")) return Option.none()
  const decoded = Result.try(() => [decodeURIComponent(url.username), decodeURIComponent(url.password)] as const)
  if (Result.isFailure(decoded)) return Option.none()
  const [user, password] = decoded.success
  const credentials = user === "" ? null : { user, password: Redacted.make(password) }
  return Option.some({ host, port, tls, credentials })
}

/**
 * Returns how to encrypt a connection that starts in plain text. Credentials never cross a network in plain text.
 * Inside this machine encryption protects nothing, and its mail server seldom has a trusted certificate.
 */
export const startTlsOf = ({ credentials, host, tls }: SmtpServer): "required" | "if offered" | "never" => {
  if (tls === "starttls") return "required"
  if (isLoopback(host)) return credentials === null ? "never" : "if offered"
  return credentials === null ? "if offered" : "required"
}

/** Returns whether the URL leaves it to this program to encrypt the credentials for another machine. */
export const mayFallBackToPlaintext = ({ credentials, host, tls }: SmtpServer): boolean =>
  tls === null && credentials !== null && !isLoopback(host)

const isLoopback = (host: string): boolean =>
  host.toLowerCase() === "localhost" || host === "::1" || /^127(?:\.\d{1,3}){3}$/.test(host)
