import { PgClient } from "@effect/sql-pg"
import { Data, Duration, Effect, Layer, Redacted, Schedule } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import { announceWait } from "./AnnouncedWait.ts"
import { within } from "./Deadline.ts"
import * as PooledClient from "./PooledClient.ts"
import { isConnectionLoss, serverErrorOf } from "./PostgresFailure.ts"
import { type Encryption, encryptionsOf } from "./PostgresTls.ts"
import { InvalidPostgresUrl, parse } from "./PostgresUrl.ts"
import { types } from "./TimestampCodec.ts"
import { UnitSlots } from "./UnitSlots.ts"

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`, with the parameters of `PostgresUrl`. */
  readonly url: Redacted.Redacted
  /** Whether a host that is not this machine has to be reached by TLS, unless the URL says `sslmode=disable`. */
  readonly isTlsDemanded?: boolean | undefined
  /** The schema whose tables are meant, where it is not the one that the server would choose. */
  readonly schema?: string | undefined
  /** Connections at most, at least 2 for statements beside a unit of work; 10 unless told. */
  readonly maxConnections?: number | undefined
  /** After how long the server cancels a statement; 7 seconds unless told. */
  readonly statementTimeoutMillis?: number | undefined
  /** How long a statement waits for a lock; 3 seconds unless told. */
  readonly lockTimeoutMillis?: number | undefined
  /** How long the start waits for a database that is away; 10 seconds unless told. */
  readonly startTimeoutMillis?: number | undefined
}

/** The database did not let us in at the start, though it was given time. */
export class DatabaseNotReady extends Data.TaggedError("DatabaseNotReady")<{
  /** Host and database, without credentials. */
  readonly where: string
  readonly reason: string
  readonly cause: unknown
}> {
  override get message(): string {
    return `The database at ${this.where} is not ready: ${this.reason}`
  }
}

/** After how long the server cancels a statement, unless told. */
const defaultStatementTimeoutMillis = 7_000
/** How much longer its answer is awaited, with its wait for a connection and for those before it. */
const answerGraceMillis = 1_000
/** How long a statement may wait for a lock that another holds, unless told. */
const defaultLockTimeoutMillis = 3_000
/** How long the server keeps the locks of a unit whose process went silent between two statements. */
const idleInTransactionTimeoutMillis = 15_000
/** How long a readiness probe waits for its answer. */
const pingMillis = 1_000

/**
 * A pool of connections to a PostgreSQL server, shared by statements (`ConnectionPool`), that is known to answer: the start
 * waits for a server that is away, with growing pauses, and fails once its time is over.
 */
export const layer = (
  options: PostgresOptions,
): Layer.Layer<PgClient.PgClient | SqlClient.SqlClient | UnitSlots, DatabaseNotReady> => {
  const maxConnections = options.maxConnections ?? 10
  return Layer.merge(
    PgClient.layerFrom(
      connect(options, maxConnections).pipe(
        announceWait(`the database at ${describe(Redacted.value(options.url))}`),
        Effect.mapError((error) => notReady(options.url, error)),
      ),
    ),
    Layer.succeed(UnitSlots, { count: Math.max(1, maxConnections - 1) }),
  )
}

/** A client that has been answered, with the first way to encrypt that the server takes. */
const connect = Effect.fnUntraced(function* (options: PostgresOptions, maxConnections: number) {
  const url = yield* Effect.fromResult(parse(Redacted.value(options.url), options))
  const encryptions = yield* Effect.try({
    try: () => encryptionsOf(url),
    catch: (cause) => (cause instanceof InvalidPostgresUrl ? cause : new InvalidPostgresUrl({ reason: String(cause) })),
  })
  const statementTimeoutMillis = options.statementTimeoutMillis ?? defaultStatementTimeoutMillis
  const limits = { connections: maxConnections, answerMillis: statementTimeoutMillis + answerGraceMillis }
  const config = {
    url: options.url,
    types,
    multiplex: true,
    applicationName: url.applicationName ?? "taskwright",
    connectTimeout: Duration.seconds(url.connectTimeoutSeconds ?? 5),
    keepAlive: Duration.seconds(30),
    startupParameters: {
      statement_timeout: String(statementTimeoutMillis),
      lock_timeout: String(options.lockTimeoutMillis ?? defaultLockTimeoutMillis),
      idle_in_transaction_session_timeout: String(idleInTransactionTimeoutMillis),
      default_transaction_isolation: "read committed",
      timezone: "UTC",
      ...(options.schema === undefined ? {} : { search_path: `"${options.schema}"` }),
    },
  }
  const [first, ...others] = encryptions
  const probe = (ssl: Encryption) => Effect.scoped(Effect.flatMap(PgClient.makeClient({ ...config, ssl }), answer))
  const choose = Effect.map(probe(first), () => first).pipe(
    Effect.catch((error) =>
      others[0] === undefined || !isRefusal(error)
        ? Effect.fail(error)
        : Effect.map(probe(others[0]), (): Encryption => others[0] ?? false),
    ),
  )
  const ssl = yield* awaitAnswer(choose, options.startTimeoutMillis ?? 10_000)
  return yield* PooledClient.make({ ...config, ssl }, limits)
})

const answer = (sql: PgClient.PgClient): Effect.Effect<void, SqlError.SqlError> => Effect.asVoid(sql`SELECT 1`)

const awaitAnswer = <A, R>(ask: Effect.Effect<A, SqlError.SqlError, R>, millis: number) =>
  Effect.retry(ask, {
    while: (error) => (isConnectionLoss(error) && !isTlsRefusal(error)) || serverErrorOf(error).code === "53300",
    schedule: Schedule.min([Schedule.exponential("100 millis"), Schedule.spaced("2 seconds")]).pipe(
      Schedule.upTo({ duration: Duration.millis(millis) }),
    ),
  })

/** The server is there and will not have it this way: another encryption may do. */
const isRefusal = (error: SqlError.SqlError): boolean =>
  isTlsRefusal(error) || error.reason._tag === "AuthenticationError"

/** Waiting does not help: the server has no TLS, or no certificate that is trusted. */
const isTlsRefusal = ({ reason: { cause } }: SqlError.SqlError): boolean =>
  cause instanceof Error &&
  (/does not support TLS/.test(cause.message) ||
    ("code" in cause && /CERT|SIGNATURE|ERR_TLS|ERR_SSL|ERR_OSSL|EPROTO/.test(String(cause.code))))

const notReady = (url: Redacted.Redacted, error: SqlError.SqlError | InvalidPostgresUrl): DatabaseNotReady =>
  new DatabaseNotReady({ where: describe(Redacted.value(url)), reason: reasonOf(error), cause: error })

const reasonOf = (error: SqlError.SqlError | InvalidPostgresUrl): string => {
  if (error._tag === "InvalidPostgresUrl") return `its URL ${error.reason}`
  const { cause } = error.reason
  return oneLine(cause instanceof Error ? cause.message : error.message)
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, " ").trim()

const describe = (url: string): string => {
  if (!URL.canParse(url)) return "a malformed URL"
  const { host, pathname } = new URL(url)
  return `${host}${pathname}`
}

/** Whether the database answers within a second. */
export const ping: Effect.Effect<boolean, never, PgClient.PgClient> = Effect.flatMap(PgClient.PgClient, (sql) =>
  within(Effect.as(sql`SELECT 1`, true), pingMillis, () => Effect.succeed(false)).pipe(
    Effect.catchCause(() => Effect.succeed(false)),
  ),
)
