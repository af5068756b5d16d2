import type { PgClient, PgConnection } from "@effect/sql-pg"
import { Effect } from "effect"
import type { SqlError } from "effect/sql"
import { clientForTable } from "./PooledClient.ts"
import { dieOf, isConnectionLoss, isForeignKeyViolation, orDie } from "./PostgresErrors.ts"

/** A statement's text is a constant, so that connections keep it prepared; values are parameters, always. */
type Parameters = ReadonlyArray<string | number | boolean | null | ReadonlyArray<string> | ReadonlyArray<number>>

/** The ways in which repositories run a statement. The server cancels one after 7 seconds; a broken
 * database is a defect. Units of work leave a connection to the statements outside them, so none waits for one in vain. */
export interface PostgresStatements {
  /** The rows of a statement that writes nothing. Where the connection dies under it, it is asked once more. */
  readonly read: <Row extends object>(text: string, parameters: Parameters) => Effect.Effect<ReadonlyArray<Row>>

  /**
   * As `read`, but planned for its values each time: for a statement whose best plan hangs on them, since PostgreSQL
   * settles on one plan for all values of a prepared statement.
   */
  readonly readPlanned: <Row extends object>(text: string, parameters: Parameters) => Effect.Effect<ReadonlyArray<Row>>

  /** The rows of any statement. */
  readonly query: <Row extends object>(text: string, parameters: Parameters) => Effect.Effect<ReadonlyArray<Row>>

  /** As `query`, but planned for its values each time, as `readPlanned` is. */
  readonly queryPlanned: <Row extends object>(text: string, parameters: Parameters) => Effect.Effect<ReadonlyArray<Row>>

  /** How many rows the statement wrote. */
  readonly write: (text: string, parameters: Parameters) => Effect.Effect<number>

  /** As `write`, for a row whose owner may be gone; that error ends a surrounding unit of work. */
  readonly writeOwned: <E>(text: string, parameters: Parameters, gone: () => E) => Effect.Effect<number, E>
}

/** In a unit of work the second attempt fails at once, for the unit's connection is the one that died. */
const onceMore = <A>(read: Effect.Effect<A, SqlError.SqlError>): Effect.Effect<A> =>
  Effect.catch(read, (error) => (isConnectionLoss(error) ? orDie(read) : dieOf(error)))

/** The statements of a repository, about the table that a lock of it would stall. */
export const statementsOn = (client: PgClient.PgClient, table: string): PostgresStatements => {
  const sql = clientForTable(client, table)
  const tryQuery = <Row extends object>(text: string, parameters: Parameters) => sql.unsafe<Row>(text, parameters)
  const tryPlanned = <Row extends object>(text: string, parameters: Parameters) =>
    sql.unsafe<Row>(text, parameters).unprepared
  const tryWrite = (text: string, parameters: Parameters) =>
    Effect.map(sql.unsafe(text, parameters).raw, (result) => (result as PgConnection.Result).rowCount)
  return {
    query: <Row extends object>(text: string, parameters: Parameters) => orDie(tryQuery<Row>(text, parameters)),
    read: <Row extends object>(text: string, parameters: Parameters) => onceMore(tryQuery<Row>(text, parameters)),
    queryPlanned: <Row extends object>(text: string, parameters: Parameters) =>
      orDie(tryPlanned<Row>(text, parameters)),
    readPlanned: <Row extends object>(text: string, parameters: Parameters) =>
      onceMore(tryPlanned<Row>(text, parameters)),
    write: (text, parameters) => orDie(tryWrite(text, parameters)),
    writeOwned: (text, parameters, gone) =>
      Effect.catch(tryWrite(text, parameters), (error) =>
        isForeignKeyViolation(error) ? Effect.fail(gone()) : dieOf(error),
      ),
  }
}
