/** Runs the statements of the repositories, with retries of reads and errors turned into defects. */
import type { PgClient, PgConnection } from "@effect/sql-pg"
import { Context, Effect, type Fiber, Option, References } from "effect"
import type { SqlConnection, SqlError } from "effect/sql"
import { borrowerForTable, clientForTable, reserveForTable } from "./PooledClient.ts"
import { dieOnSqlError, isConnectionLoss, isForeignKeyViolation, toDefect } from "./PostgresErrors.ts"
import { measure, type Statement } from "./Statement.ts"

/** The values of a statement, which are always parameters. */
export type Parameters = ReadonlyArray<string | number | boolean | null | ReadonlyArray<string> | ReadonlyArray<number>>

/**
 * The ways in which repositories run a statement. By default the server cancels one after 7 seconds; a database failure
 * is a defect. Units of work leave at least one connection to the statements outside them.
 */
export interface PostgresStatements {
  /** Returns the rows of a statement that writes nothing. If the connection is lost, it is retried once. */
  readonly read: <Row extends object>(statement: Statement, parameters: Parameters) => Effect.Effect<ReadonlyArray<Row>>

  /**
   * Like `read`, but planned for its values each time. It is for statements with a best plan that depends on the
   * values, because PostgreSQL chooses one plan for all values of a prepared statement.
   */
  readonly readUnprepared: <Row extends object>(
    statement: Statement,
    parameters: Parameters,
  ) => Effect.Effect<ReadonlyArray<Row>>

  /**
   * Like `readUnprepared`, for a statement that may take seconds. It has its connection to itself, so that no short statement
   * waits behind it. As a unit of work, it leaves a connection to the others.
   */
  readonly readLong: <Row extends object>(
    statement: Statement,
    parameters: Parameters,
  ) => Effect.Effect<ReadonlyArray<Row>>

  /** Returns the rows of any statement. */
  readonly query: <Row extends object>(
    statement: Statement,
    parameters: Parameters,
  ) => Effect.Effect<ReadonlyArray<Row>>

  /** Like `query`, for a caller that handles some errors of the database. It turns the others into defects. */
  readonly tryQuery: <Row extends object>(
    statement: Statement,
    parameters: Parameters,
  ) => Effect.Effect<ReadonlyArray<Row>, SqlError.SqlError>

  /** Like `query`, but planned for its values each time, as in `readUnprepared`. */
  readonly queryUnprepared: <Row extends object>(
    statement: Statement,
    parameters: Parameters,
  ) => Effect.Effect<ReadonlyArray<Row>>

  /** Returns how many rows the statement wrote. */
  readonly write: (statement: Statement, parameters: Parameters) => Effect.Effect<number>

  /** Like `write`, for a row with an owner that may be deleted. That error aborts a surrounding unit of work. */
  readonly insertOwned: <E>(
    statement: Statement,
    parameters: Parameters,
    onMissingOwner: () => E,
  ) => Effect.Effect<number, E>

  /** Whether a statement of the fiber may run together with those of others: it belongs to no unit of work and no trace. */
  readonly mayJoinGroup: (fiber: Fiber.Fiber<unknown, unknown>) => boolean
}

/** In a unit of work the retry fails at once, because it is the unit's own connection that was lost. */
const retryOnConnectionLoss = <A>(read: Effect.Effect<A, SqlError.SqlError>): Effect.Effect<A> =>
  Effect.catch(read, (error) => (isConnectionLoss(error) ? dieOnSqlError(read) : toDefect(error)))

/** Runs a statement on a connection that it shares with no other; in a unit of work, on the unit's own. */
const onOwnConnection = <A>(
  client: PgClient.PgClient,
  table: string,
  run: Effect.Effect<A, SqlError.SqlError>,
): Effect.Effect<A, SqlError.SqlError> =>
  Effect.flatMap(Effect.serviceOption(client.transactionService), (unit) =>
    Option.isSome(unit)
      ? run
      : Effect.scoped(
          Effect.flatMap(reserveForTable(client, table), (connection) =>
            Effect.provideService(run, client.transactionService, [connection, 0]),
          ),
        ),
  )

type Rows<Row> = Effect.Effect<ReadonlyArray<Row>, SqlError.SqlError>

/**
 * Returns how to run and measure a statement. The library's own statement makes the span of a traced request; in other
 * requests, what it prepares for that costs more than the rest of the statement does in this process.
 */
const runOn =
  (borrow: SqlConnection.Borrower | undefined) =>
  <A>(
    statement: Statement,
    use: (connection: SqlConnection.Connection) => Effect.Effect<A, SqlError.SqlError>,
    traced: () => Effect.Effect<A, SqlError.SqlError>,
  ): Effect.Effect<A, SqlError.SqlError> =>
    Effect.withFiber((fiber) =>
      measure(statement, borrow === undefined || fiber.getRef(References.TracerEnabled) ? traced() : borrow(use)),
    )

/** Returns the statements of a repository. `table` is the table with the locks that they may wait for. */
export const statementsOn = (client: PgClient.PgClient, table: string): PostgresStatements => {
  const sql = clientForTable(client, table)
  const run = runOn(borrowerForTable(client, table))
  const tryQuery = <Row extends object>(statement: Statement, parameters: Parameters) =>
    run(
      statement,
      (connection) => connection.execute(statement.text, parameters, undefined) as Rows<Row>,
      () => sql.unsafe<Row>(statement.text, parameters),
    )
  const tryUnprepared = <Row extends object>(statement: Statement, parameters: Parameters) =>
    run(
      statement,
      (connection) => connection.executeUnprepared(statement.text, parameters, undefined) as Rows<Row>,
      () => sql.unsafe<Row>(statement.text, parameters).unprepared,
    )
  const tryWrite = (statement: Statement, parameters: Parameters) =>
    Effect.map(
      run(
        statement,
        (connection) => connection.executeRaw(statement.text, parameters),
        () => sql.unsafe(statement.text, parameters).raw,
      ),
      (result) => (result as PgConnection.Result).rowCount,
    )
  return {
    tryQuery,
    query: <Row extends object>(statement: Statement, parameters: Parameters) =>
      dieOnSqlError(tryQuery<Row>(statement, parameters)),
    read: <Row extends object>(statement: Statement, parameters: Parameters) =>
      retryOnConnectionLoss(tryQuery<Row>(statement, parameters)),
    queryUnprepared: <Row extends object>(statement: Statement, parameters: Parameters) =>
      dieOnSqlError(tryUnprepared<Row>(statement, parameters)),
    readUnprepared: <Row extends object>(statement: Statement, parameters: Parameters) =>
      retryOnConnectionLoss(tryUnprepared<Row>(statement, parameters)),
    readLong: <Row extends object>(statement: Statement, parameters: Parameters) =>
      retryOnConnectionLoss(onOwnConnection(client, table, tryUnprepared<Row>(statement, parameters))),
    write: (statement, parameters) => dieOnSqlError(tryWrite(statement, parameters)),
    insertOwned: (statement, parameters, onMissingOwner) =>
      Effect.catch(tryWrite(statement, parameters), (error) =>
        isForeignKeyViolation(error) ? Effect.fail(onMissingOwner()) : toDefect(error),
      ),
    mayJoinGroup: (fiber) =>
      !fiber.getRef(References.TracerEnabled) &&
      Context.getOrUndefined(fiber.context, client.transactionService) === undefined,
  }
}
