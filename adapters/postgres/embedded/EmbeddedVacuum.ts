/** Vacuums the embedded database, which has no autovacuum. */
import { PgClient } from "@effect/sql-pg"
import { Effect, Layer } from "effect"

const allTables = 1_000

/** How often the statistics are checked for tables that are due. */
const interval = "30 seconds"

// The conditions of autovacuum (PostgreSQL's manual, 24.1.6), and the size, because the counters are lost on restart.
const selectDue = `SELECT format('%I.%I', stat.schemaname, stat.relname) AS name
  FROM pg_stat_user_tables AS stat JOIN pg_class AS class ON class.oid = stat.relid
  WHERE stat.n_dead_tup > 50 + 0.2 * greatest(class.reltuples, 0)
    OR stat.n_ins_since_vacuum > 1000 + 0.2 * greatest(class.reltuples, 0)
    OR pg_relation_size(class.oid) > (100 + 1.2 * class.relpages) * current_setting('block_size')::int
  ORDER BY stat.n_dead_tup DESC, name`

/**
 * Vacuums and analyzes up to `limit` due tables, and returns their names. Nothing else runs in the meantime: a table of
 * 100,000 tasks takes a sixth of a second.
 */
export const vacuumDue = Effect.fnUntraced(function* (limit: number) {
  const sql = yield* PgClient.PgClient
  // Statistics are flushed with up to one second of delay.
  yield* sql`SELECT pg_stat_force_next_flush()`
  const due = (yield* sql.unsafe<{ readonly name: string }>(selectDue)).slice(0, limit)
  for (const { name } of due) yield* sql.unsafe(`VACUUM (ANALYZE) ${name}`)
  return due.map(({ name }) => name)
})

/** Returns the position in the log of writes. A later one is the same if nothing was written meanwhile. */
export const writePosition = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  const [row] = yield* sql<{ readonly position: string }>`SELECT pg_current_wal_insert_lsn()::text AS position`
  return row?.position ?? ""
})

/** Does the work of a server's autovacuum, which the database in this process lacks, until the scope closes. */
export const layer: Layer.Layer<never, never, PgClient.PgClient> = Layer.effectDiscard(
  vacuumDue(allTables).pipe(
    Effect.catchCause((cause) => Effect.logWarning("Could not vacuum the database; trying again later.", cause)),
    Effect.delay(interval),
    Effect.forever,
    Effect.forkScoped,
  ),
)
