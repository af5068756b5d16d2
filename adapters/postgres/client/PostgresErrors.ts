import { Effect } from "effect"
import type { SqlError } from "effect/sql"
import { Unavailable } from "../../../application/shared/Unavailable.ts"

/** What a caller is told to wait before trying again, in seconds. */
const retryAfterSeconds = 1

/** What PostgreSQL says of an error beside its message; absent where the error is the client's own. */
interface ServerError {
  /** SQLSTATE: five characters, of which the first two are the class. */
  readonly code?: string
  readonly constraint?: string
  readonly detail?: string
}

export const serverErrorOf = (error: SqlError.SqlError): ServerError =>
  typeof error.reason.cause === "object" && error.reason.cause !== null ? error.reason.cause : {}

/**
 * Too many connections, out of memory or disk (class 53), shut down or starting (57P01 to 57P05), files that cannot be
 * read or written (class 58), and a transaction that the server gave up because its client was silent for too long
 * (25P03). The client's own classes lack these.
 */
const isAwayState = (code: string | undefined): boolean =>
  code !== undefined && (code.startsWith("53") || code.startsWith("57P") || code.startsWith("58") || code === "25P03")

/** The connection was lost or could not be had: nothing of the statement is known. */
export const isConnectionLoss = (error: SqlError.SqlError): boolean =>
  error.reason._tag === "ConnectionError" || serverErrorOf(error).code?.startsWith("57P") === true

/** The store gave the transaction up for a conflict with another (40001, 40P01): it left no trace and can run again. */
export const isConflict = (error: SqlError.SqlError): boolean =>
  error.reason._tag === "SerializationError" || error.reason._tag === "DeadlockError"

/** A row that the new one refers to is not there. */
export const isForeignKeyViolation = (error: SqlError.SqlError): boolean => serverErrorOf(error).code === "23503"

const isAway = (error: SqlError.SqlError): boolean =>
  isConnectionLoss(error) ||
  isConflict(error) ||
  error.reason._tag === "StatementTimeoutError" ||
  error.reason._tag === "LockTimeoutError" ||
  isAwayState(serverErrorOf(error).code)

export const unavailable = (dependency: string, cause?: unknown): Unavailable =>
  new Unavailable({ dependency, retryAfterSeconds, cause })

/** Dies: as `Unavailable` where the database is away or overloaded for the moment, else with the error itself. */
export const dieOf = (error: SqlError.SqlError): Effect.Effect<never> =>
  Effect.die(isAway(error) ? unavailable(`the database (${error.message})`, error) : error)

/** Turns every failure of the database into a defect, as `dieOf` has it. */
export const orDie = <A, R>(effect: Effect.Effect<A, SqlError.SqlError, R>): Effect.Effect<A, never, R> =>
  Effect.catch(effect, dieOf)
