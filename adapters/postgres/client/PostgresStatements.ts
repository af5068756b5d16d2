/** Runs the statements of the repositories, with retries of reads and errors turned into defects. */
import type { PgClient, PgConnection } from "@effect/sql-pg"
import { Effect } from "effect"
import type { SqlError } from "effect/sql"
import { clientForTable } from "./PooledClient.ts"
import { dieOnSqlError, isConnectionLoss, isForeignKeyViolation, toDefect } from "./PostgresErrors.ts"

/**
 * The values of a statement. Its text is a constant, so that connections can prepare it; values are always parameters.
 */
type Parameters = ReadonlyArray<string | number | boolean | null | ReadonlyArray<string> | ReadonlyArray<number>>

/**
 * The ways in which repositories run a statement. By default the server cancels one after 7 seconds; a database failure
 * is a defect. Units of work leave at least one connection to the statements outside them.
 */
export interface PostgresStatements {
  /** Returns the rows of a statement that writes nothing. If the connection is lost, it is retried once. */
  readonly read: <Row extends object>(text: string, parameters: Parameters) => Effect.Effect<ReadonlyArray<Row>>

  /**
   * Like `read`, but planned for its values each time. It is for statements with a best plan that depends on the
   * values, because PostgreSQL chooses one plan for all values of a prepared statement.
   */
  readonly readUnprepared: <Row extends object>(
    text: string,
    parameters: Parameters,
  ) => Effect.Effect<ReadonlyArray<Row>>

  /** Returns the rows of any statement. */
  readonly query: <Row extends object>(text: string, parameters: Parameters) => Effect.Effect<ReadonlyArray<Row>>

  /** Like `query`, but planned for its values each time, as in `readUnprepared`. */
  readonly queryUnprepared: <Row extends object>(
    text: string,
    parameters: Parameters,
  ) => Effect.Effect<ReadonlyArray<Row>>

  /** Returns how many rows the statement wrote. */
  readonly write: (text: string, parameters: Parameters) => Effect.Effect<number>

  /** Like `write`, for a row with an owner that may be deleted. That error aborts a surrounding unit of work. */
  readonly insertOwned: <E>(text: string, parameters: Parameters, onMissingOwner: () => E) => Effect.Effect<number, E>
}

/** In a unit of work the retry fails at once, because it is the unit's own connection that was lost. */
const retryOnConnectionLoss = <A>(read: Effect.Effect<A, SqlError.SqlError>): Effect.Effect<A> =>
  Effect.catch(read, (error) => (isConnectionLoss(error) ? dieOnSqlError(read) : toDefect(error)))

/** Returns the statements of a repository. `table` is the table with the locks that they may wait for. */
export const statementsOn = (client: PgClient.PgClient, table: string): PostgresStatements => {
  const sql = clientForTable(client, table)
  const tryQuery = <Row extends object>(text: string, parameters: Parameters) => sql.unsafe<Row>(text, parameters)
  const tryUnprepared = <Row extends object>(text: string, parameters: Parameters) =>
    sql.unsafe<Row>(text, parameters).unprepared
  const tryWrite = (text: string, parameters: Parameters) =>
    Effect.map(sql.unsafe(text, parameters).raw, (result) => (result as PgConnection.Result).rowCount)
  return {
    query: <Row extends object>(text: string, parameters: Parameters) => dieOnSqlError(tryQuery<Row>(text, parameters)),
    read: <Row extends object>(text: string, parameters: Parameters) =>
      retryOnConnectionLoss(tryQuery<Row>(text, parameters)),
    queryUnprepared: <Row extends object>(text: string, parameters: Parameters) =>
      dieOnSqlError(tryUnprepared<Row>(text, parameters)),
    readUnprepared: <Row extends object>(text: string, parameters: Parameters) =>
      retryOnConnectionLoss(tryUnprepared<Row>(text, parameters)),
    write: (text, parameters) => dieOnSqlError(tryWrite(text, parameters)),
    insertOwned: (text, parameters, onMissingOwner) =>
      Effect.catch(tryWrite(text, parameters), (error) =>
        isForeignKeyViolation(error) ? Effect.fail(onMissingOwner()) : toDefect(error),
      ),
  }
}
