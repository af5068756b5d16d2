import { Effect, Layer } from "effect"
import { Migrator, SqlClient, type SqlError } from "effect/sql"
import { announceWait } from "./AnnouncedWait.ts"
import { createSchema } from "./migrations/0001_create_schema.ts"
import { addAccountSafety } from "./migrations/0002_account_safety.ts"

/** All migrations in their order. One that was released is never changed; the next change of the schema is a new one. */
const migrations = {
  "0001_create_schema": createSchema,
  "0002_account_safety": addAccountSafety,
}

/** Any number that no other program locks in this database: "taskwright" in the digits of a telephone. */
const lockKey = 8_275_974_448

const run = Migrator.make({})({ loader: Migrator.fromRecord(migrations), table: "taskwright_migrations" })

/**
 * Applies the migrations that the database lacks, all or none, and gives their names. Of several processes that start
 * together one applies them while the others wait, for at most five minutes, and then find nothing to do.
 */
export const migrate: Effect.Effect<
  ReadonlyArray<string>,
  Migrator.MigrationError | SqlError.SqlError,
  SqlClient.SqlClient
> = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const applied = yield* sql.withTransaction(
    Effect.gen(function* () {
      // The limits of everyday statements are too short for waiting here and for building an index.
      yield* sql`SELECT set_config('lock_timeout', '5min', true), set_config('statement_timeout', '0', true)`
      yield* sql`SELECT pg_advisory_xact_lock(${lockKey})`.pipe(announceWait("another process that applies migrations"))
      return yield* run
    }),
  )
  return applied.map(([id, name]) => `${String(id).padStart(4, "0")}_${name}`)
})

/** Brings the database's schema up to date before anything uses it. */
export const layer: Layer.Layer<never, Migrator.MigrationError | SqlError.SqlError, SqlClient.SqlClient> =
  Layer.effectDiscard(
    Effect.tap(migrate, (names) =>
      names.length > 0 ? Effect.logInfo(`Applied migrations: ${names.join(", ")}`) : Effect.void,
    ),
  )
