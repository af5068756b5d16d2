/** Reads and validates all settings. */
import { availableParallelism } from "node:os"
import { Config, Data, Duration, Effect, Option, Redacted, Result } from "effect"
import type { LogLevel } from "effect/LogLevel"
import * as SigningKeys from "../../adapters/crypto/SigningKeys.ts"
import type { Mailbox } from "../../adapters/mail/EmailHeaders.ts"
import * as SmtpUrl from "../../adapters/mail/smtp/SmtpUrl.ts"
import * as PostgresUrl from "../../adapters/postgres/client/PostgresUrl.ts"
import * as RedisUrl from "../../adapters/redis/connection/RedisUrl.ts"
import type { RateLimit } from "../../application/shared/RateLimiter.ts"
import type { RefreshPolicy } from "../../domain/accounts/Session.ts"

/** The database that stores the data. */
export type Database = Data.TaggedEnum<{
  /** A PostgreSQL server. */
  Server: { readonly url: Redacted.Redacted<string> }
  /** The embedded database, in the data folder. */
  Embedded: { readonly dataDir: string }
  /** The embedded database, in memory alone. */
  Memory: Record<never, never>
}>
export const Database = Data.taggedEnum<Database>()

/** All settings, read once at the start. */
export interface Settings {
  readonly isProduction: boolean
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  readonly database: Database
  /** The maximum number of connections to a PostgreSQL server. */
  readonly databasePoolSize: number
  /** Whether a pooler in front of the server assigns its connections to each transaction anew. */
  readonly databasePooler: "none" | "transaction"
  /** The folder of all stored files; null stores no files. */
  readonly dataDir: string | null
  readonly redisUrl: Redacted.Redacted<string> | null
  /** The prefix of every key and channel in Redis. */
  readonly redisKeyPrefix: string
  /** Null: emails are written to files. */
  readonly smtpServer: SmtpUrl.SmtpServer | null
  readonly mailFrom: Mailbox
  /** Absolute, http or https, without a slash at the end. */
  readonly publicUrl: string
  /** Null: a key is generated once and stored in the data folder. */
  readonly signingKeys: SigningKeys.SigningKeys | null
  readonly jwtIssuer: string
  readonly jwtAudience: string
  readonly accessTokenLifetimeMillis: number
  readonly refreshPolicy: RefreshPolicy
  readonly deletedTaskRetentionMillis: number
  readonly rateLimits: { readonly user: RateLimit; readonly ip: RateLimit }
  readonly emailVerification: "optional" | "required"
  /** The number of trusted proxies in front of the service. */
  readonly trustedProxies: number
  /** The exact origins that browsers may send requests from. */
  readonly corsOrigins: ReadonlyArray<string>
  /** The time that a stopping server continues to serve while its readiness check fails. */
  readonly shutdownDelayMillis: number
  readonly logLevel: LogLevel
  readonly logFormat: "json" | "pretty"
}

/**
 * A setting is malformed, or missing although it is required. The message is one line, and never contains the value.
 */
export class InvalidSetting extends Data.TaggedError("InvalidSetting")<{
  readonly setting: string
  readonly takes: string
}> {
  override get message(): string {
    return `${this.setting} ${this.takes}`
  }
}

/**
 * Reads the settings from the environment (or another `ConfigProvider`). Fails with the first one that is malformed.
 *
 * `isTerminal` says whether the log goes to a terminal; the log is `pretty` there by default.
 */
export const loadSettings = Effect.fnUntraced(function* (options: { readonly isTerminal: boolean }) {
  const isProduction = (yield* textOf("NODE_ENV")) === "production"

  const host = yield* withDefault("127.0.0.1", "HOST", "takes a host name or an IP address", hostName)
  const port = yield* withDefault(3000, "PORT", "takes a whole number from 0 to 65535", wholeNumber(0, 65_535))
  const publicUrl = yield* withDefault(
    `http://${host.includes(":") ? `[${host}]` : host}:${port}`,
    "PUBLIC_URL",
    "takes an absolute http or https URL without credentials, query and fragment, like https://tasks.example.com",
    webAddress,
  )
  const corsOrigins = yield* withDefault(
    [],
    "CORS_ORIGINS",
    "takes exact http or https origins with commas between them, like https://app.example.com,http://localhost:5173",
    origins,
  )
  const trustedProxies = yield* withDefault(0, "TRUST_PROXY", "takes a whole number from 0 to 10", wholeNumber(0, 10))

  const folder = yield* withDefault(".data", "DATA_DIR", "takes a folder, or memory: to keep nothing", dataFolder)
  const dataDir = folder === inMemory ? null : folder
  const databaseUrl = yield* readDatabaseUrl(isProduction)
  const databasePoolSize = yield* withDefault(
    defaultPoolSize,
    "DATABASE_POOL_SIZE",
    "takes a whole number from 1 to 200",
    wholeNumber(1, 200),
  )
  const databasePooler = yield* withDefault(
    "none",
    "DATABASE_POOLER",
    "takes none or transaction (PgBouncer with pool_mode=transaction)",
    oneOf({ none: "none", transaction: "transaction" } as const),
  )
  const redisUrl = yield* optional(
    "REDIS_URL",
    "takes redis://user:password@host:6379/0, redis+sentinel://host1:26379,host2:26379/mymaster or redis+cluster://host1:6379,host2:6379, or the same with rediss",
    (text) => Option.as(RedisUrl.parse(text), text),
  )
  const redisKeyPrefix = yield* withDefault(
    "taskwright:",
    "REDIS_KEY_PREFIX",
    "takes 1 to 64 letters, digits and any of _ - . : /",
    matching(/^[\w.:/-]{1,64}$/),
  )
  const smtpServer = yield* optional(
    "SMTP_URL",
    "takes a URL like smtps://user:password@host:465, smtp+starttls://user:password@host:587 or smtp://localhost:25",
    SmtpUrl.parse,
  )
  if (isProduction && smtpServer !== null && SmtpUrl.mayFallBackToPlaintext(smtpServer)) {
    return yield* Effect.fail(
      new InvalidSetting({
        setting: "SMTP_URL",
        takes: "with a login for another host takes smtps:// or smtp+starttls:// with NODE_ENV=production",
      }),
    )
  }
  const mailFrom = yield* withDefault(
    { name: "Taskwright", address: "no-reply@localhost" },
    "MAIL_FROM",
    "takes an email address, or a name and an address like Taskwright <no-reply@example.com>",
    mailbox,
  )

  const signingKeys = yield* readSigningKeys(isProduction)
  const jwtIssuer = yield* withDefault(publicUrl, "JWT_ISSUER", "takes 1 to 255 characters without spaces", identifier)
  const jwtAudience = yield* withDefault(
    "taskwright",
    "JWT_AUDIENCE",
    "takes 1 to 255 characters without spaces",
    identifier,
  )
  const accessTokenLifetimeMillis = yield* lifetime("ACCESS_TOKEN_TTL", "1 hour", "1 second", "1 day")
  const lifetimeMillis = yield* lifetime("REFRESH_TOKEN_TTL", "7 days", "1 second", "365 days")
  const reuseLeewayMillis = yield* lifetime("REFRESH_REUSE_LEEWAY", "0 seconds", "0 seconds", "5 minutes")
  const deletedTaskRetentionMillis = yield* lifetime("DELETED_TASK_RETENTION", "30 days", "1 day", "3650 days")
  const emailVerification = yield* withDefault(
    "optional",
    "EMAIL_VERIFICATION",
    "takes optional or required",
    oneOf({ optional: "optional", required: "required" } as const),
  )

  const windowMillis = yield* lifetime("RATE_LIMIT_WINDOW", "60 seconds", "1 second", "1 hour")
  const limit = wholeNumber(1, 1_000_000)
  const userLimit = yield* withDefault(100, "RATE_LIMIT_USER", "takes a whole number from 1 to 1000000", limit)
  const ipLimit = yield* withDefault(20, "RATE_LIMIT_IP", "takes a whole number from 1 to 1000000", limit)

  const shutdownDelayMillis = yield* lifetime("SHUTDOWN_DELAY", "1 second", "0 seconds", "5 minutes")

  const logLevel = yield* withDefault(
    "Info",
    "LOG_LEVEL",
    `takes one of ${Object.keys(logLevels).join(", ")}`,
    oneOf(logLevels),
  )
  const logFormat = yield* withDefault(
    options.isTerminal ? "pretty" : "json",
    "LOG_FORMAT",
    "takes json or pretty",
    oneOf({ json: "json", pretty: "pretty" } as const),
  )

  return Object.freeze({
    isProduction,
    host,
    port,
    database:
      databaseUrl === null
        ? dataDir === null
          ? Database.Memory()
          : Database.Embedded({ dataDir })
        : databaseUrl === inMemory
          ? Database.Memory()
          : Database.Server({ url: Redacted.make(databaseUrl) }),
    databasePoolSize,
    databasePooler,
    dataDir,
    redisUrl: redisUrl === null ? null : Redacted.make(redisUrl),
    redisKeyPrefix,
    smtpServer,
    mailFrom,
    publicUrl,
    signingKeys,
    jwtIssuer,
    jwtAudience,
    accessTokenLifetimeMillis,
    refreshPolicy: { lifetimeMillis, reuseLeewayMillis },
    deletedTaskRetentionMillis,
    rateLimits: { user: { limit: userLimit, windowMillis }, ip: { limit: ipLimit, windowMillis } },
    emailVerification,
    trustedProxies,
    corsOrigins,
    shutdownDelayMillis,
    logLevel,
    logFormat,
  } satisfies Settings)
})

/**
 * Statements of many requests share a connection and are pipelined, so a few connections serve thousands of requests a
 * second. More connections only make the server switch between them. The number is one a processor, one for a unit of
 * work, and one that statements on a locked table leave free.
 */
const defaultPoolSize = Math.min(Math.max(availableParallelism() + 2, 4), 10)

const inMemory = "memory:"

const logLevels = {
  fatal: "Fatal",
  error: "Error",
  warn: "Warn",
  info: "Info",
  debug: "Debug",
  trace: "Trace",
  none: "None",
} as const

type Read<A> = (text: string) => Option.Option<A>

/** Returns the raw value of the setting, trimmed; null if it is missing or empty. */
const textOf = (setting: string): Effect.Effect<string | null> =>
  Config.String(setting).pipe(
    Config.option,
    Effect.map((text) => Option.getOrElse(text, () => "").trim() || null),
    // Only an unreadable provider fails here, and then the process cannot start.
    Effect.orDie,
  )

const optional = <A>(setting: string, takes: string, read: Read<A>): Effect.Effect<A | null, InvalidSetting> =>
  Effect.flatMap(textOf(setting), (text) => {
    if (text === null) return Effect.succeed(null)
    return Option.match(read(text), {
      onNone: () => Effect.fail(new InvalidSetting({ setting, takes })),
      onSome: (value) => Effect.succeed(value),
    })
  })

const withDefault = <A, B extends A>(fallback: B, setting: string, takes: string, read: Read<A>) =>
  Effect.map(optional(setting, takes, read), (value): A => value ?? fallback)

const lifetime = (setting: string, fallback: Duration.Input, least: Duration.Input, most: Duration.Input) =>
  withDefault(
    Duration.toMillis(fallback),
    setting,
    `takes a duration from ${least} to ${most}, like 30 seconds, 15 minutes or 2 days`,
    (text) =>
      Option.filter(
        Option.map(duration(text), Duration.toMillis),
        (millis) => Number.isInteger(millis) && millis >= Duration.toMillis(least) && millis <= Duration.toMillis(most),
      ),
  )

const duration = (text: string): Option.Option<Duration.Duration> => Duration.fromInput(text as Duration.Input)

const wholeNumber =
  (minimum: number, maximum: number): Read<number> =>
  (text) =>
    Option.filter(
      /^\d{1,10}$/.test(text) ? Option.some(Number(text)) : Option.none(),
      (number) => number >= minimum && number <= maximum,
    )

const oneOf =
  <const Values extends Readonly<Record<string, string>>>(values: Values): Read<Values[keyof Values]> =>
  (text) => {
    const word = text.toLowerCase()
    return Object.hasOwn(values, word) ? Option.some(values[word as keyof Values]) : Option.none()
  }

const matching =
  (pattern: RegExp): Read<string> =>
  (text) =>
    pattern.test(text) ? Option.some(text) : Option.none()

const hostName = matching(/^[A-Za-z0-9._:-]{1,255}$/)

const identifier = matching(/^[\x21-\x7e]{1,255}$/)

const dataFolder = matching(/^[^\0]{1,1024}$/)

const parseUrl = (text: string): URL | null => (/^[\x21-\x7e]{1,2048}$/.test(text) ? URL.parse(text) : null)

const isWeb = (url: URL): boolean => url.protocol === "http:" || url.protocol === "https:"

const webAddress: Read<string> = (text) => {
  const url = parseUrl(text)
  if (url === null || !isWeb(url) || /[?#]/.test(text) || url.username !== "" || url.password !== "")
    return Option.none()
  const path = url.pathname.replace(/\/+$/, "")
  // Responses refer to `path` followed by more: with two slashes that would be another host.
  return path.includes("//") ? Option.none() : Option.some(`${url.origin}${path}`)
}

const maximumOrigins = 100

const origins: Read<ReadonlyArray<string>> = (text) => {
  const listed = text.split(",").map((origin) => origin.trim())
  const areExact = listed.every((origin) => {
    const url = parseUrl(origin)
    return url !== null && isWeb(url) && url.origin === origin && !origin.includes("*")
  })
  return areExact && listed.length <= maximumOrigins ? Option.some([...new Set(listed)]) : Option.none()
}

const mailbox: Read<Mailbox> = (text) => {
  const [, quoted, plain, bracketed, bare] =
    /^(?:(?:"([^"<>\p{Cc}]{0,100})"|([^"<>@\p{Cc}]{0,100}?))\s*<([^<>]+)>|([^<>]+))$/u.exec(text) ?? []
  const address = bracketed ?? bare ?? ""
  return address.length <= 254 &&
    /^[^@]+@[A-Za-z0-9.-]+$/.test(address) &&
    /^[\x21-\x7e]+$/.test(address) &&
    !/[",;:\\()[\]]/.test(address)
    ? Option.some({ name: (quoted ?? plain ?? "").trim(), address })
    : Option.none()
}

const readDatabaseUrl = Effect.fnUntraced(function* (isProduction: boolean) {
  const setting = "DATABASE_URL"
  const text = yield* textOf(setting)
  if (text === null || text === inMemory) return text
  const url = PostgresUrl.parse(text, { isTlsDemanded: isProduction })
  if (Result.isSuccess(url)) return text
  const { reason } = url.failure
  return yield* Effect.fail(
    new InvalidSetting({ setting, takes: reason.startsWith("takes a URL") ? `${reason}, or memory:` : reason }),
  )
})

const readSigningKeys = Effect.fnUntraced(function* (isProduction: boolean) {
  const setting = "JWT_PRIVATE_KEYS"
  const takes = "takes Ed25519 private keys as PKCS#8 PEM, one after another"
  const text = yield* textOf(setting)
  if (text === null)
    return isProduction
      ? yield* Effect.fail(new InvalidSetting({ setting, takes: `is needed with NODE_ENV=production; it ${takes}` }))
      : null
  const keys = SigningKeys.parse(text)
  return Result.isSuccess(keys)
    ? keys.success
    : yield* Effect.fail(new InvalidSetting({ setting, takes: `${takes}; ${keys.failure.reason}` }))
})
