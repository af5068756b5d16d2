/** All settings of a program, read once at the start. */
import { Config, ConfigProvider, Data, Effect, Redacted, Result, String as Text } from "effect"
import type { LogLevel } from "effect/LogLevel"
import type { SigningKeys } from "../../adapters/crypto/SigningKeys.ts"
import type { Mailbox } from "../../adapters/mail/EmailHeaders.ts"
import * as SmtpUrl from "../../adapters/mail/smtp/SmtpUrl.ts"
import * as PostgresUrl from "../../adapters/postgres/client/PostgresUrl.ts"
import type { RateLimit } from "../../application/shared/RateLimiter.ts"
import type { RefreshPolicy } from "../../domain/accounts/Session.ts"
import { inMemory } from "./dataSettings.ts"
import { explain, InvalidSetting } from "./InvalidSetting.ts"
import { makeSources, type ProgramDefaults, type SettingSources } from "./SettingSources.ts"
import { settingsTable } from "./settingsTable.ts"
import { sendsHeadersInPlainText, type TracingSettings, tracingOf } from "./tracingSettings.ts"

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

export interface Settings {
  readonly isProduction: boolean
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** The number of processes that serve the port. */
  readonly workers: number
  readonly database: Database
  /** The maximum number of connections of this process to a PostgreSQL server. */
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
  readonly signingKeys: SigningKeys | null
  readonly jwtIssuer: string
  readonly jwtAudience: string
  readonly accessTokenLifetimeMillis: number
  readonly refreshPolicy: RefreshPolicy
  readonly deletedTaskRetentionMillis: number
  /** At least `deletedTaskRetentionMillis`. */
  readonly changeRetentionMillis: number
  readonly idempotencyRetentionMillis: number
  readonly rateLimits: { readonly user: RateLimit; readonly token: RateLimit; readonly ip: RateLimit }
  readonly emailVerification: "optional" | "required"
  /** The number of trusted proxies in front of the service. */
  readonly trustedProxies: number
  /** The bearer token of `/metrics`; null responds to clients of this machine only. */
  readonly metricsToken: Redacted.Redacted<string> | null
  /** The maximum number of requests in flight; 0 for any number. */
  readonly maxInFlight: number
  /** The maximum number of event streams that a user has open in each process. */
  readonly streamsPerUser: number
  /** The exact origins that browsers may send requests from. */
  readonly corsOrigins: ReadonlyArray<string>
  /** The time that a stopping server continues to serve while its readiness check fails. */
  readonly shutdownDelayMillis: number
  readonly logLevel: LogLevel
  readonly logFormat: "json" | "pretty"
  /** Null: nothing is traced. */
  readonly tracing: TracingSettings | null
}

/** Reads the settings from the `ConfigProvider`. Fails with the first one that is malformed. */
export const loadSettings = (defaults: ProgramDefaults = {}): Effect.Effect<Settings, InvalidSetting> =>
  Effect.flatMap(ConfigProvider.ConfigProvider, (environment) => readSettings(makeSources(environment, defaults)))

/** Reads the settings from their sources. */
export const readSettings = Effect.fnUntraced(function* (sources: SettingSources) {
  const values = yield* Effect.catch(Config.all(settingsTable).parse(sources.provider), (error) =>
    Effect.flatMap(explain(error, sources), Effect.fail),
  )
  const isProduction = values.NODE_ENV === "production"
  if (isProduction) yield* demandSafety(values)
  if (values.CHANGE_RETENTION < values.DELETED_TASK_RETENTION) yield* new InvalidSetting({ message: shortHistory })
  if (values.WORKERS > 1) yield* demandSharing(values)
  const dataDir = values.DATA_DIR === inMemory ? null : values.DATA_DIR
  const windowMillis = values.RATE_LIMIT_WINDOW
  const settings: Settings = {
    isProduction,
    host: values.HOST,
    port: values.PORT,
    workers: values.WORKERS,
    database: databaseOf(values.DATABASE_URL, dataDir),
    databasePoolSize: values.DATABASE_POOL_SIZE,
    databasePooler: values.DATABASE_POOLER,
    dataDir,
    redisUrl: values.REDIS_URL,
    redisKeyPrefix: values.REDIS_KEY_PREFIX,
    smtpServer: values.SMTP_URL,
    mailFrom: values.MAIL_FROM,
    publicUrl: values.PUBLIC_URL,
    signingKeys: values.JWT_PRIVATE_KEYS,
    jwtIssuer: values.JWT_ISSUER,
    jwtAudience: values.JWT_AUDIENCE,
    accessTokenLifetimeMillis: values.ACCESS_TOKEN_TTL,
    refreshPolicy: { lifetimeMillis: values.REFRESH_TOKEN_TTL, reuseLeewayMillis: values.REFRESH_REUSE_LEEWAY },
    deletedTaskRetentionMillis: values.DELETED_TASK_RETENTION,
    changeRetentionMillis: values.CHANGE_RETENTION,
    idempotencyRetentionMillis: values.IDEMPOTENCY_RETENTION,
    rateLimits: {
      user: { limit: values.RATE_LIMIT_USER, windowMillis },
      token: { limit: values.RATE_LIMIT_TOKEN, windowMillis },
      ip: { limit: values.RATE_LIMIT_IP, windowMillis },
    },
    emailVerification: values.EMAIL_VERIFICATION,
    trustedProxies: values.TRUST_PROXY,
    metricsToken: values.METRICS_TOKEN,
    maxInFlight: values.MAX_IN_FLIGHT,
    streamsPerUser: values.STREAMS_PER_USER,
    corsOrigins: values.CORS_ORIGINS ?? [],
    shutdownDelayMillis: values.SHUTDOWN_DELAY,
    logLevel: Text.capitalize(values.LOG_LEVEL),
    logFormat: values.LOG_FORMAT,
    tracing: tracingOf(values),
  }
  return Object.freeze(settings)
})

const shortHistory =
  "CHANGE_RETENTION takes at least the time of DELETED_TASK_RETENTION (30 days by default), because restoring a task needs its changes"

type Values = Config.Success<ReturnType<typeof Config.all<typeof settingsTable>>>

const databaseOf = (url: Redacted.Redacted<string> | null, dataDir: string | null): Database => {
  if (url !== null && Redacted.value(url) !== inMemory) return Database.Server({ url })
  return url !== null || dataDir === null ? Database.Memory() : Database.Embedded({ dataDir })
}

/** Fails if tokens would not outlive the process, or if a password could cross a network in plain text. */
const demandSafety = (values: Values): Effect.Effect<void, InvalidSetting> => {
  const { DATABASE_URL, JWT_PRIVATE_KEYS, SMTP_URL } = values
  const url = DATABASE_URL === null ? inMemory : Redacted.value(DATABASE_URL)
  const tracing = tracingOf(values)
  const parsed = url === inMemory ? null : PostgresUrl.parse(url, { isTlsDemanded: true })
  const why =
    parsed !== null && Result.isFailure(parsed)
      ? `DATABASE_URL ${parsed.failure.reason}`
      : SMTP_URL !== null && SmtpUrl.mayFallBackToPlaintext(SMTP_URL)
        ? "SMTP_URL with a login for another host takes smtps:// or smtp+starttls:// with NODE_ENV=production"
        : tracing !== null && sendsHeadersInPlainText(tracing)
          ? "OTEL_EXPORTER_OTLP_HEADERS needs an https endpoint on another host with NODE_ENV=production"
          : JWT_PRIVATE_KEYS === null
            ? `JWT_PRIVATE_KEYS is needed with NODE_ENV=production; it takes ${settingsTable.JWT_PRIVATE_KEYS.expected}`
            : null
  return why === null ? Effect.void : Effect.fail(new InvalidSetting({ message: why }))
}

/** Fails if several processes would not share the database, the limits and the keys. */
const demandSharing = ({ DATABASE_URL, DATA_DIR, JWT_PRIVATE_KEYS, REDIS_URL, WORKERS }: Values) => {
  const why =
    DATABASE_URL === null || Redacted.value(DATABASE_URL) === inMemory
      ? "DATABASE_URL with a PostgreSQL server, because a database in the process is not shared"
      : REDIS_URL === null
        ? "REDIS_URL, because the processes share limits and lockouts there"
        : DATA_DIR === inMemory && JWT_PRIVATE_KEYS === null
          ? "JWT_PRIVATE_KEYS or a folder in DATA_DIR, because the processes share the keys"
          : null
  return why === null
    ? Effect.void
    : Effect.fail(new InvalidSetting({ message: `WORKERS over 1 needs ${why}; it is ${WORKERS}` }))
}
