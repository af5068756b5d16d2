/** Checks the database of a set-up: whether it responds, its version, encoding, schema, clock and encryption. */
import { existsSync } from "node:fs"
import { PgClient } from "@effect/sql-pg"
import { Clock, Effect, Option, Redacted, Result } from "effect"
import { clockFinding, type Finding, failed, ok, warning, withinLimit } from "../diagnosis/Finding.ts"
import * as PostgresClient from "./client/PostgresClient.ts"
import * as PostgresUrl from "./client/PostgresUrl.ts"
import { hasDatabase } from "./embedded/DatabaseFolder.ts"
import { migrationState } from "./migrations/Migrations.ts"
import { countDiffering, forgetCounts } from "./TaskCount.ts"

/** The oldest major version of PostgreSQL that the statements work on. */
const oldestVersion = 14
const startTimeoutMillis = 3_500
/** How long all tasks are counted at most. */
const countMillis = 1_000
const advice = "Check DATABASE_URL, the server and the network."

export interface ServerCheckOptions extends Pick<PostgresClient.PostgresOptions, "url" | "pooler" | "isTlsDemanded"> {}

/** Checks a PostgreSQL server. Sends only statements that read. */
export const checkServer = (options: ServerCheckOptions): Effect.Effect<ReadonlyArray<Finding>> =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const before = yield* Clock.currentTimeMillis
    const [row] = yield* sql<{
      readonly version: string
      readonly number: number
      readonly encoding: string
      readonly millis: number
    }>`SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number,
      current_setting('server_encoding') AS encoding,
      (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS millis`
    const after = yield* Clock.currentTimeMillis
    if (row === undefined) return [failed("database", `no row was returned. ${advice}`)]
    const { encoding, millis, number, version } = row
    const state = yield* migrationState
    return [
      number < oldestVersion * 10_000
        ? failed("database", `PostgreSQL ${version}; Taskwright needs ${oldestVersion} or newer. Upgrade the server.`)
        : ok("database", `PostgreSQL ${version} at ${PostgresUrl.describe(Redacted.value(options.url))}`),
      encoding === "UTF8"
        ? ok("database encoding", encoding)
        : failed("database encoding", `${encoding}. Create a database with ENCODING 'UTF8'.`),
      schemaFinding(state),
      clockFinding("database clock", millis, { before, after }),
      ...(state.pending.length === 0 && state.unknown === null ? [yield* taskCountFinding] : []),
    ]
  }).pipe(
    Effect.provide(PostgresClient.layer({ ...options, maxConnections: 2, startTimeoutMillis })),
    Effect.catch((error) => Effect.succeed([failed("database", `${withoutStop(error.message)}. ${advice}`)])),
    withinLimit("database", advice),
    Effect.map((findings) => [...findings, encryptionFinding(options)]),
  )

const withoutStop = (text: string): string => text.replace(/\.$/, "")

const schemaFinding = ({
  pending,
  unknown,
}: {
  readonly pending: ReadonlyArray<string>
  readonly unknown: string | null
}) =>
  unknown !== null
    ? failed("schema", `it has the migration ${unknown} of a newer version. Run that version.`)
    : pending.length > 0
      ? warning("schema", `pending migrations: ${pending.join(", ")}. Run: taskwright migrate (or start the server).`)
      : ok("schema", "every migration is applied")

const encryptionFinding = ({ isTlsDemanded, url }: ServerCheckOptions): Finding => {
  const check = "database TLS"
  const parsed = PostgresUrl.parse(Redacted.value(url), { isTlsDemanded })
  if (Result.isFailure(parsed)) return failed(check, `DATABASE_URL ${parsed.failure.reason}.`)
  const { isThisMachine, sslMode } = parsed.success
  if (isThisMachine) return ok(check, "not needed on this machine")
  if (sslMode === "verify-full" || sslMode === "verify-ca") return ok(check, `sslmode=${sslMode}`)
  const message = `sslmode=${sslMode} ${sslMode === "require" ? "does not verify the server" : "can send the password in plain text"}`
  return warning(check, `${message}. Set sslmode=verify-full in DATABASE_URL.`)
}

/** Counts all tasks, so a large database is not checked. */
const taskCountFinding = Effect.gen(function* () {
  const check = "task counts"
  const sql = yield* PgClient.PgClient
  const found = yield* Effect.timeoutOption(sql.unsafe<{ readonly users: number }>(countDiffering), countMillis)
  if (Option.isNone(found)) return ok(check, `not compared within ${countMillis / 1000} s`)
  const users = found.value[0]?.users ?? 0
  return users === 0
    ? ok(check, "every kept number of tasks is right")
    : failed(
        check,
        `wrong for ${users} ${users === 1 ? "user" : "users"}, whose lists have a wrong total. Run in the database: ${forgetCounts}`,
      )
})

/** Checks the embedded database without opening it, because opening it would write. */
export const checkEmbedded = (folder: string): Effect.Effect<ReadonlyArray<Finding>> =>
  Effect.try({
    try: () => existsSync(folder) && hasDatabase(folder),
    catch: (error) => (error instanceof Error ? error.message : String(error)),
  }).pipe(
    Effect.map((isThere) => [
      ok("database", isThere ? `the embedded database in ${folder}` : "embedded; the start creates it"),
    ]),
    Effect.catch((reason) => Effect.succeed([failed("database", `${withoutStop(reason)}. Restore the folder.`)])),
  )
