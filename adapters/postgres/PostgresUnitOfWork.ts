/** Implements `UnitOfWork` with the transactions of PostgreSQL. */
import { PgClient, type PgConnection } from "@effect/sql-pg"
import { Cause, Effect, Layer, Option, Result, Scope, Semaphore } from "effect"
import { SqlClient, type SqlConnection, SqlError } from "effect/sql"
import { Unavailable } from "../../application/shared/Unavailable.ts"
import { UnitOfWork } from "../../application/shared/UnitOfWork.ts"
import { onTable, reserveForTable, setTable } from "./client/PooledClient.ts"
import { dieOnSqlError, isConflict, isConnectionLoss, unavailableError } from "./client/PostgresErrors.ts"
import { measure, type Statement, statement } from "./client/Statement.ts"
import { withTimeout } from "./client/Timeout.ts"
import { TransactionSlots } from "./client/TransactionSlots.ts"
import { UnitConnection } from "./client/UnitConnection.ts"

/** How long a unit waits for its connection. */
const connectionTimeoutMillis = 5_000
/** The timeout of BEGIN, COMMIT and the other transaction commands. */
const controlTimeoutMillis = 10_000
/** How many times a unit is retried after the database aborted it because of a conflict. */
const maxRetries = 3

/**
 * Units of work as transactions (READ COMMITTED); inner units are savepoints. A unit takes a connection with its first
 * statement. If none is free within 5 seconds, the unit dies with `Unavailable`.
 */
export const layer: Layer.Layer<UnitOfWork, never, PgClient.PgClient | TransactionSlots> = Layer.effect(
  UnitOfWork,
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const { begin = ["BEGIN"], count } = yield* TransactionSlots
    const slots = count === undefined ? undefined : Semaphore.makeUnsafe(count)
    const open = (table: string) =>
      Effect.tap(acquireConnection(sql, slots, table), (connection) =>
        Effect.forEach(begin, (text) => control(connection, statement("transaction.begin", text)), { discard: true }),
      )
    const withTransaction = SqlClient.makeWithTransaction({
      transactionService: sql.transactionService,
      spanAttributes: [["db.system.name", "postgresql"]],
      acquireConnection: () =>
        Effect.map(Effect.scope, (scope) => {
          const unit = new UnitConnection((table) => Scope.provide(open(table), scope), setTable)
          onTable(unit, (table) => unit.setTable(table))
          return unit
        }),
      // BEGIN runs with the first statement; a unit without statements has nothing to end.
      begin: () => Effect.void,
      commit: (connection) => ifOpened(connection, commit),
      rollback: (connection) => ifOpened(connection, rollback),
      savepoint: (connection, depth) =>
        control(connection, statement("transaction.savepoint", `SAVEPOINT unit_${depth}`)),
      releaseSavepoint: (connection, depth) =>
        control(connection, statement("transaction.release_savepoint", `RELEASE SAVEPOINT unit_${depth}`)),
      rollbackSavepoint: (connection, depth) =>
        control(connection, statement("transaction.rollback_savepoint", `ROLLBACK TO SAVEPOINT unit_${depth}`)),
    })
    // Every step above dies if the database fails, so no `SqlError` can occur.
    const attempt = <A, E, R>(effect: Effect.Effect<A, E, R>) => withTransaction(effect) as Effect.Effect<A, E, R>
    return UnitOfWork.of({
      atomically: (effect) =>
        Effect.flatMap(Effect.serviceOption(sql.transactionService), (outer) =>
          // A conflict aborts the whole transaction, so only the outermost unit can be retried.
          Option.isSome(outer) ? attempt(effect) : retryConflicts(attempt(effect), maxRetries),
        ),
    })
  }),
)

const acquireConnection = (
  sql: PgClient.PgClient,
  slots: Semaphore.Semaphore | undefined,
  table: string,
): Effect.Effect<SqlConnection.Connection, never, Scope.Scope> => {
  const reserve = reserveForTable(sql, table)
  return withTimeout(
    dieOnSqlError(slots === undefined ? reserve : Effect.andThen(slots.takeScoped(1), reserve)),
    connectionTimeoutMillis,
    () => Effect.die(unavailableError(`the database (no connection within ${connectionTimeoutMillis} ms)`)),
  )
}

const ifOpened = (
  connection: SqlConnection.Connection,
  run: (opened: SqlConnection.Connection) => Effect.Effect<void>,
): Effect.Effect<void> =>
  Effect.suspend(() => {
    const opened = connection instanceof UnitConnection ? connection.opened : connection
    return opened === undefined ? Effect.void : run(opened)
  })

const commitStatement = statement("transaction.commit", "COMMIT")
const rollbackStatement = statement("transaction.rollback", "ROLLBACK")

const run = (connection: SqlConnection.Connection, command: Statement): Effect.Effect<unknown, SqlError.SqlError> =>
  withTimeout(measure(command, connection.executeRaw(command.text, [])), controlTimeoutMillis, () =>
    Effect.die(unavailableError(`the database (no answer to ${command.text} within ${controlTimeoutMillis} ms)`)),
  )

const control = (connection: SqlConnection.Connection, command: Statement): Effect.Effect<void> =>
  Effect.asVoid(dieOnSqlError(run(connection, command)))

/** If a failed statement has aborted the transaction, PostgreSQL responds to COMMIT with ROLLBACK and no error. */
const commit = (connection: SqlConnection.Connection): Effect.Effect<void> =>
  Effect.flatMap(dieOnSqlError(run(connection, commitStatement)), (result) =>
    (result as PgConnection.Result).command === "ROLLBACK"
      ? Effect.die(new Error("A unit of work went on after one of its statements had failed; nothing of it was kept"))
      : Effect.void,
  )

/** If the connection is lost, the server rolls back by itself, and the unit's own failure is the one to report. */
const rollback = (connection: SqlConnection.Connection): Effect.Effect<void> =>
  run(connection, rollbackStatement).pipe(
    Effect.catchIf(isConnectionLoss, () => Effect.void),
    dieOnSqlError,
    Effect.asVoid,
  )

const retryConflicts = <A, E, R>(unit: Effect.Effect<A, E, R>, retries: number): Effect.Effect<A, E, R> =>
  Effect.catchCause(unit, (cause) =>
    retries > 0 && isConflictCause(cause) ? retryConflicts(unit, retries - 1) : Effect.failCause(cause),
  )

const isConflictCause = (cause: Cause.Cause<unknown>): boolean => {
  const defect = Result.getOrUndefined(Cause.findDefect(cause))
  return defect instanceof Unavailable && SqlError.isSqlError(defect.cause) && isConflict(defect.cause)
}
