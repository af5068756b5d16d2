/** A SQL client on a `ConnectionPool`: the library's client, with this pool in place of its own. */
import { PgClient, type PgConnection } from "@effect/sql-pg"
import { Context, Effect, type Scope, Stream } from "effect"
import { Reactivity } from "effect/reactivity"
import { SqlClient, type SqlConnection, type SqlError } from "effect/sql"
import { ConnectionPool, type PoolLimits } from "./ConnectionPool.ts"
import { makeDatabaseHealth } from "./DatabaseHealth.ts"

/** Runs a function on any suitable connection. */
type RunOnConnection = <A>(
  run: (connection: PgConnection.PgConnection) => Effect.Effect<A, SqlError.SqlError>,
) => Effect.Effect<A, SqlError.SqlError>

interface ByTable {
  readonly connections: number
  /** Runs a function on the connection of the surrounding unit of work, or else on a shared one. */
  readonly borrower: (table: string) => SqlConnection.Borrower
  readonly client: (table: string) => SqlClient.SqlClient
  readonly reserve: (table: string) => SqlConnection.Acquirer
}

/** The clients and reservations for each table, by client. */
const tables = new WeakMap<PgClient.PgClient, ByTable>()

/** For each reserved connection, the callback that receives the current table. */
const tableListeners = new WeakMap<SqlConnection.Connection, (table: string) => void>()

/** Registers a callback that receives the table before each statement of a client for a table. */
export const onTable = (connection: SqlConnection.Connection, listener: (table: string) => void): void => {
  tableListeners.set(connection, listener)
}

/** Tells a reserved connection which table it works on. */
export const setTable = (connection: SqlConnection.Connection, table: string): void =>
  tableListeners.get(connection)?.(table)

/** Reserves a connection for one holder, which begins with that table. */
export const reserveForTable = (sql: PgClient.PgClient, table: string): SqlConnection.Acquirer =>
  tables.get(sql)?.reserve(table) ?? sql.reserve

/**
 * Returns the same client for statements about one table. They leave a connection to the other tables while they are
 * stalled. A client of another module is returned unchanged.
 */
export const clientForTable = (sql: PgClient.PgClient, table: string): SqlClient.SqlClient =>
  tables.get(sql)?.client(table) ?? sql

/**
 * Returns how a statement about one table gets its connection, for callers that need nothing else of the client. It is
 * undefined for a client of another module.
 */
export const borrowerForTable = (sql: PgClient.PgClient, table: string): SqlConnection.Borrower | undefined =>
  tables.get(sql)?.borrower(table)

/** Returns the maximum number of connections of a client. One of another module counts as a single connection. */
export const connectionsOf = (sql: PgClient.PgClient): number => tables.get(sql)?.connections ?? 1

/** Returns a client that opens connections on demand and closes them with the scope. `where` names the server in the log. */
export const make = Effect.fnUntraced(function* (config: PgClient.PgPoolConfig, limits: PoolLimits, where: string) {
  const health = yield* makeDatabaseHealth(where)
  const pool = yield* Effect.acquireRelease(
    Effect.sync(() => new ConnectionPool(config, limits, health)),
    ({ close }) => close,
  )
  const reactivity = Context.make(Reactivity.Reactivity, yield* Reactivity.Reactivity)
  // Supplies the parts of the interface that do not concern the pool; it opens no connection.
  const parts = yield* PgClient.make(config)
  const { transactionService } = parts
  const reserve = (table: string): SqlConnection.Acquirer =>
    Effect.map(pool.reserve(table), ({ connection, setTable }) => {
      const reserved = connectionOn((run) => run(connection), Effect.succeed(connection))
      onTable(reserved, setTable)
      return reserved
    })
  const options = {
    compiler: PgClient.makeCompiler(),
    driver: "postgresql",
    spanAttributes: [["db.system.name", "postgresql"]],
    prepareTransactionControls: true,
    releaseSavepoint: (name: string) => `RELEASE SAVEPOINT ${name}`,
    transactionAcquirer: reserve(""),
  } as const
  const stream = Effect.map(pool.reserve(""), ({ connection }) => connection)
  const sharedBy = (table: string) => connectionOn((run) => pool.run(table, run), stream)

  const borrowerFor = (table: string): SqlConnection.Borrower => {
    const shared = sharedBy(table)
    return (use) =>
      Effect.withFiber((fiber) => {
        const [current] = Context.getOrUndefined(fiber.context, transactionService) ?? []
        if (current !== undefined) setTable(current, table)
        return use(current ?? shared)
      })
  }

  const clientFor = (table: string): SqlClient.SqlClient => {
    const acquirer = Effect.succeed(sharedBy(table))
    const client = SqlClient.make({ ...options, acquirer, borrower: borrowerFor(table) })
    return Effect.runSync(Effect.provideContext(client, reactivity))
  }

  const shared = sharedBy("")
  const client: PgClient.PgClient = Object.assign(
    yield* SqlClient.make({
      ...options,
      transactionService,
      acquirer: Effect.succeed(shared),
      borrower: (use) => use(shared),
    }),
    {
      [PgClient.TypeId]: PgClient.TypeId,
      config: parts.config,
      json: parts.json,
      listen: parts.listen,
      notify: parts.notify,
    },
  )
  tables.set(client, { connections: config.maxConnections ?? 1, borrower: borrowerFor, client: clientFor, reserve })
  return client
})

const connectionOn = (
  use: RunOnConnection,
  reserve: Effect.Effect<PgConnection.PgConnection, SqlError.SqlError, Scope.Scope>,
): SqlConnection.Connection => {
  const rows = (text: string, parameters: ReadonlyArray<unknown>, prepare: boolean) =>
    Effect.map(
      use((connection) => connection.query(text, parameters, prepare)),
      (result) => result.rows,
    )
  const values = (text: string, parameters: ReadonlyArray<unknown>, prepare: boolean) =>
    use((connection) => connection.queryValues(text, parameters, prepare))
  return {
    execute: (text, parameters) => rows(text, parameters, true),
    executeRaw: (text, parameters) => use((connection) => connection.query(text, parameters)),
    executeStream: (text, parameters) =>
      Stream.unwrap(Effect.map(reserve, (connection) => connection.stream(text, parameters))),
    executeValues: (text, parameters) => values(text, parameters, true),
    executeValuesUnprepared: (text, parameters) => values(text, parameters, false),
    executeUnprepared: (text, parameters) => rows(text, parameters, false),
  }
}
