/** Makes the benchmark's database, fills it with users, tasks and categories, and takes it back to that state. */
import { readFileSync } from "node:fs"
import { PgClient } from "@effect/sql-pg"
import { Effect, Redacted } from "effect"
import { type BenchUser, makeUsers, type RecordCounts } from "./BenchUsers.ts"
import { insertUsers } from "./InsertUsers.ts"
import { passwordHash } from "./Password.ts"

const serverUrl = process.env["TEST_DATABASE_URL"] ?? "postgres://postgres@127.0.0.1:5432/postgres"

export interface BenchDatabase {
  readonly url: string
  /** Runs statements one after the other, which no timeout of a service stops. */
  readonly runAll: (statements: ReadonlyArray<string>) => Promise<void>
  /** Stores new users with tasks and categories. The schema must exist. */
  readonly addUsers: (count: number, each: RecordCounts) => Promise<ReadonlyArray<BenchUser>>
  /** Stores users that exist in other databases too. All their times derive from `at`. */
  readonly insertUsers: (users: ReadonlyArray<BenchUser>, at: Date) => Promise<void>
  /** Keeps the tasks and changes as they are now, for `reset`. */
  readonly keep: () => Promise<void>
  /** Takes tasks and changes back to the kept state, without dead rows, and with fresh statistics. */
  readonly reset: () => Promise<void>
  /** The processor time of the server's processes for this database, in milliseconds. NaN if it cannot be read. */
  readonly cpuMillis: () => Promise<number>
  readonly drop: () => Promise<void>
}

const onDatabase = <A>(url: string, use: (sql: PgClient.PgClient) => Effect.Effect<A, unknown>): Promise<A> =>
  Effect.flatMap(PgClient.PgClient, use).pipe(
    Effect.provide(PgClient.layer({ url: Redacted.make(url), maxConnections: 1 })),
    Effect.runPromise,
  )

const runAll = (url: string, statements: ReadonlyArray<string>): Promise<void> =>
  onDatabase(url, (sql) => Effect.forEach(statements, (text) => sql.unsafe(text).unprepared, { discard: true }))

/** Makes a database that `drop` removes. */
export const createDatabase = async (name: string): Promise<BenchDatabase> => {
  const database = `taskwright_bench_${name}_${process.pid}`
  const url = new URL(serverUrl)
  url.pathname = `/${database}`
  await runAll(serverUrl, [`CREATE DATABASE ${database}`])
  const insert = async (users: ReadonlyArray<BenchUser>, at: Date) => {
    const hash = await passwordHash()
    await onDatabase(url.href, (sql) => insertUsers(sql, users, at, hash))
  }
  return {
    url: url.href,
    runAll: (statements) => runAll(url.href, statements),
    addUsers: async (count, each) => {
      const users = makeUsers(count, each)
      await insert(users, new Date())
      return users
    },
    insertUsers: insert,
    keep: async () => runAll(url.href, keepIn(await changingIn(url.href))),
    reset: async () => runAll(url.href, resetIn(await changingIn(url.href))),
    cpuMillis: () => cpuMillisOf(database),
    drop: () => runAll(serverUrl, [`DROP DATABASE ${database} WITH (FORCE)`]),
  }
}

/** The tables that a round changes. A version before the history has the first two of them. */
const changing = ["tasks", "task_categories", "changes", "change_heads", "idempotency_records"]

const changingIn = (url: string): Promise<ReadonlyArray<string>> =>
  onDatabase(url, (sql) =>
    Effect.map(
      sql<{ readonly name: string }>`SELECT name FROM unnest(${changing}::text[]) AS name
        WHERE to_regclass(name) IS NOT NULL`,
      (rows) => changing.filter((table) => rows.some(({ name }) => name === table)),
    ),
  )

/** The heads are updated in place: emptying their table would empty those that refer to it. */
const isEmptied = (table: string): boolean => table !== "change_heads"
/** The records of idempotency keys are only emptied. */
const isKept = (table: string): boolean => table !== "idempotency_records"

const keepIn = (tables: ReadonlyArray<string>): ReadonlyArray<string> => [
  "CREATE SCHEMA kept",
  ...tables.filter(isKept).map((table) => `CREATE TABLE kept.${table} AS TABLE ${table}`),
]

const resetIn = (tables: ReadonlyArray<string>): ReadonlyArray<string> => [
  `TRUNCATE ${tables.filter(isEmptied).join(", ")}`,
  ...tables
    .filter((table) => isEmptied(table) && isKept(table))
    .map((table) => `INSERT INTO ${table} SELECT * FROM kept.${table}`),
  ...(tables.includes("change_heads")
    ? [
        "UPDATE change_heads SET seq = kept.seq FROM kept.change_heads AS kept WHERE kept.user_id = change_heads.user_id",
        // Older versions keep no number of tasks.
        `DO $$ BEGIN
          UPDATE change_heads AS head SET task_count_seq = seq, task_count = (
            SELECT count(*) FROM tasks WHERE tasks.user_id = head.user_id AND deleted_at IS NULL
          );
        EXCEPTION WHEN undefined_column THEN END $$`,
      ]
    : []),
  `VACUUM ANALYZE ${tables.filter(isKept).join(", ")}`,
]

/** Reads the processor time that Linux counts for each process of a connection. They must run on this machine. */
const cpuMillisOf = async (database: string): Promise<number> => {
  const rows = await onDatabase(
    serverUrl,
    (sql) =>
      sql<{ readonly pid: number }>`SELECT pid FROM pg_stat_activity
      WHERE datname = ${database} AND backend_type = 'client backend'`,
  )
  const nanos = rows.map(({ pid }) => {
    try {
      return Number(readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ")[0])
    } catch {
      return Number.NaN
    }
  })
  return nanos.reduce((sum, each) => sum + each, 0) / 1_000_000
}
