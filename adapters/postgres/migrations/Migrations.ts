/** Applies the database migrations at the start. */
import { Data, Effect, Layer } from "effect"
import { Migrator, SqlClient, type SqlError } from "effect/sql"
import { announceWait } from "../client/AnnouncedWait.ts"
import { createSchema } from "./0001_create_schema.ts"
import { addAccountSafety } from "./0002_account_safety.ts"
import { addEmailRequests } from "./0003_email_requests.ts"
import { composeNames } from "./0004_composed_names.ts"
import { addDisabledAccounts } from "./0005_disabled_accounts.ts"
import { indexWaitingEmails } from "./0006_waiting_emails.ts"
import { makeTaskUpdatesHot } from "./0007_hot_task_updates.ts"
import { addChanges } from "./0008_changes.ts"
import { addSearchText } from "./0009_search_text.ts"
import { makeTaskWritesLean } from "./0010_lean_task_writes.ts"
import { addApiTokens } from "./0011_api_tokens.ts"
import { addTaskCounts } from "./0012_task_counts.ts"

/** All migrations in order. A released migration is never changed; the next change of the schema is a new one. */
const migrations = {
  "0001_create_schema": createSchema,
  "0002_account_safety": addAccountSafety,
  "0003_email_requests": addEmailRequests,
  "0004_composed_names": composeNames,
  "0005_disabled_accounts": addDisabledAccounts,
  "0006_waiting_emails": indexWaitingEmails,
  "0007_hot_task_updates": makeTaskUpdatesHot,
  "0008_changes": addChanges,
  "0009_search_text": addSearchText,
  "0010_lean_task_writes": makeTaskWritesLean,
  "0011_api_tokens": addApiTokens,
  "0012_task_counts": addTaskCounts,
}

/** This build cannot work with the database's schema or encoding. Nothing was changed. */
export class DatabaseUnsuitable extends Data.TaggedError("DatabaseUnsuitable")<{ readonly reason: string }> {
  override get message(): string {
    return `The database cannot be used: ${this.reason}`
  }
}

/** The table that records the applied migrations; it belongs to a database, and to no dump of one. */
export const table = "taskwright_migrations"

/** The newest migration that this build knows. */
export const newestMigration = Object.keys(migrations).at(-1) ?? ""

/** An arbitrary number that no other program locks in this database: "taskwright" on a telephone keypad. */
const lockKey = 8_275_974_448

const run = Migrator.make({})({ loader: Migrator.fromRecord(migrations), table })

/**
 * Applies the missing migrations, all or none, and returns their names. If several processes start together, one
 * applies them while the others wait. They wait for at most five minutes, and then find nothing to do. Fails if the
 * database has a migration that this build does not know, or an encoding that cannot store every text.
 */
export const migrate: Effect.Effect<
  ReadonlyArray<string>,
  Migrator.MigrationError | SqlError.SqlError | DatabaseUnsuitable,
  SqlClient.SqlClient
> = Effect.gen(function* () {
  const { pending, unknown } = yield* migrationState
  // The usual start takes no lock. Encodings were checked before the first migration.
  return pending.length === 0 && unknown === null ? [] : yield* applyMigrations
})

const applyMigrations = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const applied = yield* sql.withTransaction(
    Effect.gen(function* () {
      // The usual timeouts are too short for waiting here, for building an index, and for a process that is held up.
      yield* sql`SELECT set_config('lock_timeout', '5min', true), set_config('statement_timeout', '0', true),
        set_config('idle_in_transaction_session_timeout', '5min', true)`
      yield* checkEncoding
      yield* sql`SELECT pg_advisory_xact_lock(${lockKey})`.pipe(announceWait("another process that applies migrations"))
      yield* appliedSchema
      return yield* run
    }),
  )
  return applied.map(([id, name]) => nameOf(id, name))
})

const nameOf = (id: number, name: string): string => `${String(id).padStart(4, "0")}_${name}`

const checkEncoding = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ encoding: string }>`SELECT current_setting('server_encoding') AS encoding`
  if (row !== undefined && row.encoding !== "UTF8") {
    const reason = `it has the encoding ${row.encoding}, and Taskwright needs one made with ENCODING 'UTF8'`
    return yield* new DatabaseUnsuitable({ reason })
  }
})

/**
 * Reads which migrations are pending, the newest that is applied, and the newest that this build does not know; null if
 * there is none.
 */
export const migrationState = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  // A function alone would not notice a table that another process made after an earlier look in this session.
  const [found] = yield* sql<{ is_there: boolean }>`SELECT EXISTS (
    SELECT FROM pg_class WHERE oid = to_regclass(${table})
  ) AS is_there`
  const rows =
    found?.is_there === true
      ? yield* sql<{ migration_id: number; name: string }>`SELECT migration_id, name FROM ${sql(table)}
        ORDER BY migration_id DESC`
      : []
  const applied = rows.map(({ migration_id, name }) => nameOf(migration_id, name))
  return {
    pending: Object.keys(migrations).filter((name) => !applied.includes(name)),
    newest: applied[0] ?? null,
    unknown: applied.find((name) => !Object.hasOwn(migrations, name)) ?? null,
  }
})

/**
 * Returns the name of the newest applied migration; null if the database has none. Fails if this build does not know one
 * of them.
 */
export const appliedSchema = Effect.gen(function* () {
  const { newest, unknown } = yield* migrationState
  if (unknown !== null) {
    const reason = `its schema has the migration ${unknown}, and the newest that this Taskwright knows is ${newestMigration}. Run the version that made it, or a newer one`
    return yield* new DatabaseUnsuitable({ reason })
  }
  return newest
})

/** Brings the database's schema up to date before it is used. */
export const layer: Layer.Layer<
  never,
  Migrator.MigrationError | SqlError.SqlError | DatabaseUnsuitable,
  SqlClient.SqlClient
> = Layer.effectDiscard(
  Effect.tap(migrate, (names) =>
    names.length > 0 ? Effect.logInfo(`Applied migrations: ${names.join(", ")}`) : Effect.void,
  ),
)
