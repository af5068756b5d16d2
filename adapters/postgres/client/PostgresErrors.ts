/** Classifies errors of the database, and turns them into `Unavailable` or defects. */
import { Effect } from "effect"
import type { SqlError } from "effect/sql"
import { Unavailable } from "../../../application/shared/Unavailable.ts"

/** The retry delay that a caller is given, in milliseconds. */
const retryAfterMillis = 1_000

/** The fields of a PostgreSQL error beside its message; absent if the error is the client's own. */
interface ServerError {
  /** SQLSTATE: five characters; the first two are the class. */
  readonly code?: string
  readonly constraint?: string
  readonly detail?: string
}

export const serverErrorOf = (error: SqlError.SqlError): ServerError =>
  typeof error.reason.cause === "object" && error.reason.cause !== null ? error.reason.cause : {}

/**
 * Returns whether the database is temporarily unavailable. The client's own error classes lack these states.
 *
 * - class 53: too many connections, out of memory or disk
 * - 57P01 to 57P05: shut down or starting
 * - class 58: files that cannot be read or written
 * - 25P03: a transaction that the server aborted because its client was silent for too long
 */
const isUnavailableState = (code: string | undefined): boolean =>
  code !== undefined && (code.startsWith("53") || code.startsWith("57P") || code.startsWith("58") || code === "25P03")

/** The connection was lost or not established: the outcome of the statement is unknown. */
export const isConnectionLoss = (error: SqlError.SqlError): boolean =>
  error.reason._tag === "ConnectionError" || serverErrorOf(error).code?.startsWith("57P") === true

/** No connection could be opened, whatever the reason: none listens, too many are open, the login is refused. */
export const isConnectFailure = (error: SqlError.SqlError): boolean => error.reason.operation === "connect"

/** Returns the message of the driver or of the server as one line. */
export const messageOf = (error: SqlError.SqlError): string => {
  const { cause } = error.reason
  return (cause instanceof Error ? cause.message : error.message).replaceAll(/\s+/g, " ").trim()
}

/** The database aborted the transaction because of a conflict (40001, 40P01): it wrote nothing and can be retried. */
export const isConflict = (error: SqlError.SqlError): boolean =>
  error.reason._tag === "SerializationError" || error.reason._tag === "DeadlockError"

/** A row that the new row refers to does not exist. */
export const isForeignKeyViolation = (error: SqlError.SqlError): boolean => serverErrorOf(error).code === "23503"

const isUnavailable = (error: SqlError.SqlError): boolean =>
  isConnectFailure(error) ||
  isConnectionLoss(error) ||
  isConflict(error) ||
  error.reason._tag === "StatementTimeoutError" ||
  error.reason._tag === "LockTimeoutError" ||
  isUnavailableState(serverErrorOf(error).code)

export const unavailableError = (dependency: string, cause?: unknown): Unavailable =>
  new Unavailable({ dependency, retryAfterMillis, cause })

/**
 * Dies with `Unavailable` if the database is temporarily unavailable or overloaded, otherwise with the error itself.
 */
export const toDefect = (error: SqlError.SqlError): Effect.Effect<never> =>
  Effect.die(isUnavailable(error) ? unavailableError(`the database (${error.message})`, error) : error)

/** Turns every failure of the database into a defect, as in `toDefect`. */
export const dieOnSqlError = <A, R>(effect: Effect.Effect<A, SqlError.SqlError, R>): Effect.Effect<A, never, R> =>
  Effect.catch(effect, toDefect)
