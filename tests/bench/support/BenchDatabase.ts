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
    keep: () => runAll(url.href, keep),
    reset: () => runAll(url.href, reset),
    cpuMillis: () => cpuMillisOf(database),
    drop: () => runAll(serverUrl, [`DROP DATABASE ${database} WITH (FORCE)`]),
  }
}

const kept = ["tasks", "task_categories", "changes"]

const keep = [
  "CREATE SCHEMA kept",
  ...[...kept, "change_heads"].map((table) => `CREATE TABLE kept.${table} AS TABLE ${table}`),
]

const reset = [
  `TRUNCATE ${kept.join(", ")}, idempotency_records`,
  ...kept.map((table) => `INSERT INTO ${table} SELECT * FROM kept.${table}`),
  "UPDATE change_heads SET seq = kept.seq FROM kept.change_heads AS kept WHERE kept.user_id = change_heads.user_id",
  `VACUUM ANALYZE ${kept.join(", ")}, change_heads`,
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
