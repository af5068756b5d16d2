/** Connects to a PostgreSQL server: a pool with timeouts that waits for the server at the start. */
import { PgClient } from "@effect/sql-pg"
import { Data, Duration, Effect, Layer, Redacted, Schedule } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import { announceWait } from "./AnnouncedWait.ts"
import * as PooledClient from "./PooledClient.ts"
import { isConnectionLoss, messageOf, serverErrorOf } from "./PostgresErrors.ts"
import {
  beginStatements,
  connectionOptions,
  hasLimits,
  type SessionLimits,
  warnOfMissingLimits,
} from "./PostgresSession.ts"
import { type Encryption, encryptionsOf } from "./PostgresTls.ts"
import { describe, InvalidPostgresUrl, parse } from "./PostgresUrl.ts"
import { withTimeout } from "./Timeout.ts"
import { types } from "./TimestampCodec.ts"
import { TransactionSlots } from "./TransactionSlots.ts"

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`, with the parameters of `PostgresUrl`. */
  readonly url: Redacted.Redacted
  /** Whether connections to another machine must use TLS, unless the URL says `sslmode=disable`. */
  readonly isTlsDemanded?: boolean | undefined
  /**
   * `transaction` if a pooler such as PgBouncer assigns a server connection to each transaction. Then nothing is stored
   * in a session, and `schema` has no effect. A single statement has the limits of the role; a unit of work sets its
   * own.
   */
  readonly pooler?: "none" | "transaction" | undefined
  /** The schema that contains the tables, if it is not the server's default. */
  readonly schema?: string | undefined
  /** The maximum number of connections, at least 2 for statements beside a unit of work; 10 by default. */
  readonly maxConnections?: number | undefined
  /** After how long the server cancels a statement; 7 seconds by default. */
  readonly statementTimeoutMillis?: number | undefined
  /** How long a statement waits for a lock; 3 seconds by default. */
  readonly lockTimeoutMillis?: number | undefined
  /** How long the start waits for an unavailable database; 10 seconds by default. */
  readonly startTimeoutMillis?: number | undefined
}

/** The database accepted no connection during the time that the start allows. */
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

/** The default time after which the server cancels a statement. */
const defaultStatementTimeoutMillis = 7_000
/** How much longer the response is awaited; covers the wait for a connection and for the statements before it. */
const responseGraceMillis = 1_000
/** How long a statement may by default wait for a lock that another transaction holds. */
const defaultLockTimeoutMillis = 3_000
/** The timeout of a readiness probe. */
const pingTimeoutMillis = 1_000

/**
 * A pool of connections to a PostgreSQL server (`ConnectionPool`), shared by statements. The start waits until the
 * server responds, retries with growing delays, and fails when its time is up.
 */
export const layer = (
  options: PostgresOptions,
): Layer.Layer<PgClient.PgClient | SqlClient.SqlClient | TransactionSlots, DatabaseNotReady> => {
  const maxConnections = options.maxConnections ?? 10
  const limits: SessionLimits = {
    statementTimeoutMillis: options.statementTimeoutMillis ?? defaultStatementTimeoutMillis,
    lockTimeoutMillis: options.lockTimeoutMillis ?? defaultLockTimeoutMillis,
    schema: options.schema,
    pooler: options.pooler ?? "none",
  }
  return Layer.merge(
    PgClient.layerFrom(
      connect(options, maxConnections, limits).pipe(
        announceWait(`the database at ${describe(Redacted.value(options.url))}`),
        Effect.mapError((error) => toNotReady(options.url, error)),
        Effect.tap(() => Effect.logInfo(`Connected to the database at ${describe(Redacted.value(options.url))}.`)),
      ),
    ),
    Layer.succeed(TransactionSlots, { begin: beginStatements(limits) }),
  )
}

/** Returns a client after a first response, with the first kind of encryption that the server accepts. */
const connect = Effect.fnUntraced(function* (options: PostgresOptions, connections: number, limits: SessionLimits) {
  const url = yield* Effect.fromResult(parse(Redacted.value(options.url), options))
  const encryptions = yield* Effect.try({
    try: () => encryptionsOf(url),
    catch: (cause) => (cause instanceof InvalidPostgresUrl ? cause : new InvalidPostgresUrl({ reason: String(cause) })),
  })
  const config = {
    ...connectionOptions(limits),
    url: options.url,
    types,
    applicationName: url.applicationName ?? "taskwright",
    connectTimeout: Duration.seconds(url.connectTimeoutSeconds ?? 5),
    keepAlive: Duration.seconds(30),
  }
  const probe = (ssl: Encryption) =>
    Effect.scoped(Effect.flatMap(PgClient.makeClient({ ...config, ssl }), (sql) => hasLimits(sql, limits))).pipe(
      Effect.map((isLimited) => ({ isLimited, ssl })),
    )
  const [first, second] = encryptions
  const choose = Effect.catch(probe(first), (error) =>
    second === undefined || !isRefusal(error) ? Effect.fail(error) : probe(second),
  )
  const { isLimited, ssl } = yield* awaitServer(choose, options.startTimeoutMillis ?? 10_000)
  if (!isLimited) {
    return yield* new InvalidPostgresUrl({
      reason: `leads to a pooler that ignores start-up parameters; ${poolerHint}`,
    })
  }
  const responseTimeoutMillis = limits.statementTimeoutMillis + responseGraceMillis
  const where = describe(Redacted.value(options.url))
  const client = yield* PooledClient.make({ ...config, ssl }, { connections, responseTimeoutMillis }, where)
  yield* warnOfMissingLimits(client, limits)
  return client
})

const poolerHint = "behind a pooler in transaction mode set DATABASE_POOLER=transaction"

const awaitServer = <A, R>(attempt: Effect.Effect<A, SqlError.SqlError, R>, millis: number) =>
  Effect.retry(attempt, {
    while: (error) =>
      (isConnectionLoss(error) && !isTlsRefusal(error) && !isParameterRefusal(error)) ||
      serverErrorOf(error).code === "53300",
    schedule: Schedule.min([Schedule.exponential("100 millis"), Schedule.spaced("2 seconds")]).pipe(
      Schedule.upTo({ duration: Duration.millis(millis) }),
    ),
  })

/** The server is available but refuses this connection: another kind of encryption may work. */
const isRefusal = (error: SqlError.SqlError): boolean =>
  isTlsRefusal(error) || error.reason._tag === "AuthenticationError"

/** Waiting does not help: the server has no TLS, or no trusted certificate. */
const isTlsRefusal = ({ reason: { cause } }: SqlError.SqlError): boolean =>
  cause instanceof Error &&
  (/does not support TLS/.test(cause.message) ||
    ("code" in cause && /CERT|SIGNATURE|ERR_TLS|ERR_SSL|ERR_OSSL|EPROTO/.test(String(cause.code))))

/** The pooler reports that it supports no session settings. */
const isParameterRefusal = ({ reason: { cause } }: SqlError.SqlError): boolean =>
  cause instanceof Error && cause.message.includes("unsupported startup parameter")

const toNotReady = (url: Redacted.Redacted, error: SqlError.SqlError | InvalidPostgresUrl): DatabaseNotReady =>
  new DatabaseNotReady({ where: describe(Redacted.value(url)), reason: reasonOf(error), cause: error })

const reasonOf = (error: SqlError.SqlError | InvalidPostgresUrl): string => {
  if (error._tag === "InvalidPostgresUrl") return `its URL ${error.reason}`
  const reason = messageOf(error)
  return isParameterRefusal(error) ? `${reason}; ${poolerHint}, and leave options out of the URL` : reason
}

/** Returns whether the database responds within a second. */
export const ping: Effect.Effect<boolean, never, PgClient.PgClient> = Effect.flatMap(PgClient.PgClient, (sql) =>
  withTimeout(Effect.as(sql`SELECT 1`, true), pingTimeoutMillis, () => Effect.succeed(false)).pipe(
    Effect.catchCause(() => Effect.succeed(false)),
  ),
)
