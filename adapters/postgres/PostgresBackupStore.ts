/** Implements `BackupStore` with one transaction, a cursor for each table, and rows as JSON that PostgreSQL makes itself. */
import { PgClient } from "@effect/sql-pg"
import { Data, Effect, Layer } from "effect"
import { type Migrator, SqlClient, SqlError } from "effect/sql"
import { DumpDamaged, NothingToDump, StoreNotEmpty, StoreUnusable } from "../../application/backup/BackupErrors.ts"
import { BackupStore, type RowPage, type StoreContents } from "../../application/backup/BackupStore.ts"
import { dieOnSqlError, serverErrorOf, toDefect } from "./client/PostgresErrors.ts"
import { appliedSchema, type DatabaseUnsuitable, migrate, newestMigration } from "./migrations/Migrations.ts"

/** All tables with data, in the order of a restore: a table follows those that it refers to. */
export const backupTables = [
  "accounts",
  "sessions",
  "refresh_tokens",
  "email_verifications",
  "password_resets",
  "api_tokens",
  "categories",
  "tasks",
  "task_categories",
  "change_heads",
  "changes",
  "idempotency_records",
  "ended_sessions",
  "revoked_api_tokens",
  "outgoing_emails",
  "email_requests",
] as const

/** Few enough that a page of the longest tasks takes a few megabytes. */
const pageRows = 500

/** A dump or restore takes long, and waits for its file, so the limits of a request are lifted for its transaction. */
const liftLimits = `SELECT set_config('statement_timeout', '0', true),
  set_config('idle_in_transaction_session_timeout', '0', true), set_config('timezone', 'UTC', true)`

/** Reads and fills the tables of the migrations, on PostgreSQL and on the embedded database. */
export const layer: Layer.Layer<BackupStore, never, PgClient.PgClient> = Layer.effect(
  BackupStore,
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const run = <Row extends object>(text: string, parameters: ReadonlyArray<string> = []) =>
      dieOnSqlError(sql.unsafe<Row>(text, parameters).unprepared)

    /** Returns the columns that a row is stored with. Those that PostgreSQL computes are left out. */
    const columnsOf = (table: string) =>
      Effect.map(
        run<{ readonly name: string }>(
          `SELECT attname::text AS name FROM pg_attribute
            WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
            ORDER BY attnum`,
          [table],
        ),
        (rows) => rows.map(({ name }) => name),
      )

    /** A table that the schema of the store does not have yet is left out. */
    const readContents = Effect.fnUntraced(function* (schema: string) {
      const tables: Array<StoreContents["tables"][number]> = []
      for (const name of backupTables) {
        const columns = yield* columnsOf(name)
        if (columns.length === 0) continue
        const [count] = yield* run<{ readonly rows: number }>(`SELECT count(*)::float8 AS rows FROM ${name}`)
        tables.push({ name, columns, rows: count?.rows ?? 0 })
      }
      return { schema, tables } satisfies StoreContents
    })

    const readTable = Effect.fnUntraced(function* <E, R>(
      table: string,
      take: (page: RowPage) => Effect.Effect<void, E, R>,
    ) {
      yield* run(
        `DECLARE dumped NO SCROLL CURSOR FOR SELECT row_to_json(dumped_row)::text AS row FROM ${table} AS dumped_row`,
      )
      for (;;) {
        const rows = yield* run<{ readonly row: string }>(`FETCH ${pageRows} FROM dumped`)
        if (rows.length > 0) yield* take({ table, rows: rows.map(({ row }) => row) })
        if (rows.length < pageRows) break
      }
      yield* run("CLOSE dumped")
    })

    const requireEmpty = Effect.gen(function* () {
      for (const table of backupTables) {
        if ((yield* columnsOf(table)).length === 0) continue
        if ((yield* run(`SELECT 1 AS found FROM ${table} LIMIT 1`)).length > 0) {
          return yield* new StoreNotEmpty({ table })
        }
      }
    })

    const insertInto = (contents: StoreContents) => {
      const statements = new Map(
        contents.tables.map(({ columns, name }) => {
          const list = columns.map((column) => `"${column}"`).join(", ")
          return [name, `INSERT INTO ${name} (${list}) SELECT ${list} FROM json_populate_recordset(NULL::${name}, $1)`]
        }),
      )
      return Effect.fnUntraced(function* ({ rows, table }: RowPage) {
        const statement = statements.get(table)
        if (statement === undefined) return yield* new DumpDamaged({ reason: `it has rows of an unknown table` })
        yield* Effect.catch(sql.unsafe(statement, [`[${rows.join(",")}]`]), (error) =>
          isRejection(error) ? Effect.fail(new DumpDamaged({ reason: rejectionOf(table, error) })) : toDefect(error),
        )
      })
    }

    return BackupStore.of({
      withSnapshot: (use) =>
        inTransaction(
          sql,
          Effect.gen(function* () {
            yield* run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield* run(liftLimits)
            const schema = yield* usable(sql, appliedSchema)
            if (schema === null) return yield* new NothingToDump()
            const contents = yield* readContents(schema)
            return yield* use({
              contents,
              forEachPage: (take) =>
                Effect.forEach(contents.tables, ({ name }) => readTable(name, take), { discard: true }),
            })
          }),
        ),
      fillAtomically: (use) =>
        inTransaction(
          sql,
          Effect.gen(function* () {
            yield* run(liftLimits)
            // Before the migration too, so that a database in use is not locked for one.
            yield* requireEmpty
            yield* usable(sql, migrate)
            yield* run(`LOCK TABLE ${backupTables.join(", ")} IN SHARE ROW EXCLUSIVE MODE`)
            yield* requireEmpty
            const contents = yield* readContents(newestMigration)
            const result = yield* use({ contents, insert: insertInto(contents) })
            // A new table has no statistics, and the first lists would be planned without them.
            for (const table of backupTables) yield* run(`ANALYZE ${table}`)
            return result
          }),
        ),
    })
  }),
)

/** Keeps a failure of the caller apart from one of the transaction itself. */
class OwnFailure<E> extends Data.TaggedError("OwnFailure")<{ readonly error: E }> {}

const inTransaction = <A, E, R>(sql: PgClient.PgClient, effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.catch(
    sql.withTransaction(Effect.mapError(effect, (error) => new OwnFailure({ error }))),
    (failure): Effect.Effect<never, E> =>
      failure instanceof OwnFailure ? Effect.fail(failure.error) : toDefect(failure),
  )

const usable = <A>(
  sql: PgClient.PgClient,
  effect: Effect.Effect<A, SqlError.SqlError | Migrator.MigrationError | DatabaseUnsuitable, SqlClient.SqlClient>,
): Effect.Effect<A, StoreUnusable> =>
  effect.pipe(
    Effect.provideService(SqlClient.SqlClient, sql),
    Effect.catch((error) =>
      SqlError.isSqlError(error) ? toDefect(error) : Effect.fail(new StoreUnusable({ message: error.message })),
    ),
  )

/** Classes 22 and 23: the value does not fit its column, or the row contradicts another. */
const isRejection = (error: SqlError.SqlError): boolean => /^2[23]/.test(serverErrorOf(error).code ?? "")

const rejectionOf = (table: string, { reason: { cause } }: SqlError.SqlError): string =>
  `the database rejects a row of ${table} (${cause instanceof Error ? cause.message.replaceAll(/\s+/g, " ") : "unknown reason"})`
