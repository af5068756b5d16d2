/** Parses a PostgreSQL URL: libpq's URI form with those of its parameters that this client supports. */
import { BlockList, isIP } from "node:net"
import { Data, Result } from "effect"

/** libpq's `sslmode`. */
export type SslMode = "disable" | "allow" | "prefer" | "require" | "verify-ca" | "verify-full"

export interface PostgresUrl {
  /** A name, an IP address, or the folder of a Unix socket. */
  readonly host: string
  readonly isThisMachine: boolean
  readonly sslMode: SslMode
  /** A file of certificates, or `system`; undefined for those that Node trusts. */
  readonly rootCertificate: string | undefined
  /** The client's own certificate and its key, as files. */
  readonly clientCertificate: { readonly certificateFile: string; readonly keyFile: string } | undefined
  readonly minimumTls: "TLSv1.2" | "TLSv1.3" | undefined
  readonly applicationName: string | undefined
  readonly connectTimeoutSeconds: number | undefined
}

/** The URL cannot be used. `reason` is one line that follows the setting's name, and contains no value of the URL. */
export class InvalidPostgresUrl extends Data.TaggedError("InvalidPostgresUrl")<{ readonly reason: string }> {
  override get message(): string {
    return this.reason
  }
}

const form = "takes a URL like postgres://user:password@host:5432/database"
const maximumLength = 2048
const maximumConnectSeconds = 300

const sslModes: ReadonlyArray<SslMode> = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]
const isSslMode = (text: string): text is SslMode => sslModes.some((mode) => mode === text)

/**
 * The allowed values of each parameter. The library reads the connection's own parameters; here they are only checked.
 */
const parameters: Readonly<Record<string, RegExp>> = {
  host: /^[^,]{1,255}$/,
  port: /^\d{1,5}$/,
  user: /^.{1,255}$/s,
  password: /^.{1,1024}$/s,
  dbname: /^.{1,255}$/s,
  options: /^[^\0]{1,1024}$/,
  application_name: /^[\x20-\x7e]{1,63}$/,
  connect_timeout: /^\d{1,3}$/,
  ssl: /^(?:true|false)$/,
  sslmode: new RegExp(`^(?:${sslModes.join("|")})$`),
  sslrootcert: /^[^\0]{1,1024}$/,
  sslcert: /^[^\0]{1,1024}$/,
  sslkey: /^[^\0]{1,1024}$/,
  ssl_min_protocol_version: /^TLSv1\.[23]$/,
  // The values that work without the feature they ask for.
  channel_binding: /^(?:disable|prefer)$/,
  gssencmode: /^(?:disable|prefer)$/,
  client_encoding: /^(?:utf-?8|auto)$/i,
  target_session_attrs: /^any$/,
}

/**
 * Parses the URL. Rejects an unknown parameter or an unsupported value: ignoring one could leave a connection
 * unencrypted that was to be encrypted.
 *
 * Without `sslmode`, the mode is `disable` for this machine and `prefer` for others, or `require` if TLS is demanded.
 * If TLS is demanded, no mode is accepted for another machine that could fall back to plain text. Only an explicit
 * `disable` is.
 */
export const parse = (
  text: string,
  { isTlsDemanded = false }: { readonly isTlsDemanded?: boolean | undefined } = {},
): Result.Result<PostgresUrl, InvalidPostgresUrl> => {
  const url = /^[\x21-\x7e]+$/.test(text) && text.length <= maximumLength ? URL.parse(text) : null
  if (url === null || !["postgres:", "postgresql:"].includes(url.protocol)) return refuse(form)
  const given = new Map<string, string>()
  for (const [name, value] of url.searchParams) {
    const displayName = /^\w{1,63}$/.test(name) ? name : "of another name"
    const takes = Object.hasOwn(parameters, name) ? parameters[name] : undefined
    if (takes === undefined) return refuse(`takes no parameter ${displayName}: it is not known, or cannot be honoured`)
    if (given.has(name)) return refuse(`takes the parameter ${name} once, not twice`)
    if (!takes.test(value))
      return refuse(
        `takes no such value of the parameter ${name}${name === "sslmode" ? `; ${sslModes.join(", ")}` : ""}`,
      )
    given.set(name, value)
  }
  const host = given.get("host") ?? hostOf(url)
  if (host === null || host === "") return refuse(form)
  if (host.includes(",")) return refuse("takes one host")
  const [certificateFile, keyFile] = [given.get("sslcert"), given.get("sslkey")]
  if ((certificateFile === undefined) !== (keyFile === undefined)) return refuse("takes sslcert and sslkey together")
  const connectTimeoutSeconds = given.has("connect_timeout") ? Number(given.get("connect_timeout")) : undefined
  if (connectTimeoutSeconds !== undefined && !isBetween(connectTimeoutSeconds, 1, maximumConnectSeconds)) {
    return refuse(`takes a connect_timeout from 1 to ${maximumConnectSeconds} seconds`)
  }
  const isThisMachine = isLocal(host)
  return Result.map(sslModeOf(given, host, isTlsDemanded && !isThisMachine), (sslMode) => ({
    host,
    isThisMachine,
    sslMode,
    rootCertificate: given.get("sslrootcert"),
    clientCertificate:
      certificateFile === undefined || keyFile === undefined ? undefined : { certificateFile, keyFile },
    minimumTls:
      given.get("ssl_min_protocol_version") === "TLSv1.3"
        ? "TLSv1.3"
        : given.has("ssl_min_protocol_version")
          ? "TLSv1.2"
          : undefined,
    applicationName: given.get("application_name"),
    connectTimeoutSeconds,
  }))
}

/** Describes the URL for the log, without the credentials and the parameters. */
export const describe = (text: string): string => {
  const url = URL.parse(text)
  return url === null ? "a malformed URL" : `${url.host}${url.pathname}`
}

const sslModeOf = (
  given: ReadonlyMap<string, string>,
  host: string,
  isTlsDemanded: boolean,
): Result.Result<SslMode, InvalidPostgresUrl> => {
  const [named, ssl, root] = [given.get("sslmode"), given.get("ssl"), given.get("sslrootcert")]
  if (named !== undefined && ssl !== undefined) return refuse("takes sslmode or ssl, not both")
  const mode = ssl === undefined ? named : ssl === "true" ? "require" : "disable"
  // As in libpq: a local socket is never encrypted, and the system's authorities sign certificates for any host.
  if (host.startsWith("/")) return Result.succeed("disable")
  if (root === "system" && mode !== undefined && mode !== "verify-full") {
    return refuse("takes sslrootcert=system with sslmode=verify-full alone")
  }
  const fallback =
    root === "system"
      ? "verify-full"
      : isTlsDemanded
        ? "require"
        : root !== undefined || given.has("sslcert") || !isLocal(host)
          ? "prefer"
          : "disable"
  const chosen = mode !== undefined && isSslMode(mode) ? mode : fallback
  if (isTlsDemanded && (chosen === "allow" || chosen === "prefer")) {
    return refuse(
      "takes sslmode=require, verify-ca or verify-full (or disable) for another host with NODE_ENV=production",
    )
  }
  // A given root certificate must be verified.
  return Result.succeed(chosen === "require" && root !== undefined ? "verify-ca" : chosen)
}

const hostOf = (url: URL): string | null => {
  try {
    return decodeURIComponent(url.hostname).replace(/^\[(.*)\]$/, "$1")
  } catch {
    return null
  }
}

// Node compares an IPv4 address inside an IPv6 one (`::ffff:127.0.0.1`) by its IPv4 part.
const loopback = new BlockList()
loopback.addSubnet("127.0.0.0", 8, "ipv4")
loopback.addAddress("::1", "ipv6")

/** Text that only resembles an address (`127.999.1.1`) is a name, which a resolver can map to any address. */
const isLocal = (host: string): boolean => {
  const version = isIP(host)
  if (version !== 0) return loopback.check(host, version === 4 ? "ipv4" : "ipv6")
  return host.startsWith("/") || /^(?:.+\.)?localhost\.?$/i.test(host)
}

const isBetween = (value: number, least: number, most: number): boolean => value >= least && value <= most

const refuse = (reason: string) => Result.fail(new InvalidPostgresUrl({ reason }))
