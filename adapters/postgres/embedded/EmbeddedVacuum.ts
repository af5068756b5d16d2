/** Vacuums and analyzes the embedded database, which has no autovacuum. */
import { PgClient } from "@effect/sql-pg"
import { Effect, Layer } from "effect"

const allTables = 1_000

/** How often the statistics are checked for tables that are due. */
const interval = "30 seconds"

// The conditions of autovacuum (PostgreSQL's manual, 24.1.6), and the size, because the counters are lost on restart. A table
// that was only analyzed has a number of rows, and no page that is visible to all.
const selectDue = `SELECT format('%I.%I', stat.schemaname, stat.relname) AS name
  FROM pg_stat_user_tables AS stat JOIN pg_class AS class ON class.oid = stat.relid
  WHERE stat.n_dead_tup > 50 + 0.2 * greatest(class.reltuples, 0)
    OR stat.n_ins_since_vacuum > 1000 + CASE WHEN class.relallvisible > 0 THEN 0.2 * class.reltuples ELSE 0 END
    OR pg_relation_size(class.oid) > (100 + 1.2 * class.relallvisible) * current_setting('block_size')::int
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

/** How often tables that grew are looked for, if something was written. */
const growthInterval = "1 second"

// Without statistics, the tasks of a category are found by a loop over all pairs of tasks and assignments: 7 s for 4,000 tasks.
// Up to eight pages that takes milliseconds. The statistics of a table hold until it is several times as large.
const selectGrown = `SELECT format('%I.%I', stat.schemaname, stat.relname) AS name
  FROM pg_stat_user_tables AS stat JOIN pg_class AS class ON class.oid = stat.relid
  WHERE pg_relation_size(class.oid) > (8 + 4 * class.relpages) * current_setting('block_size')::int
  ORDER BY name`

/**
 * Analyzes the tables that have grown to several times their size since they were last analyzed, and returns their names. It
 * reads a few rows: 10,000 tasks take about 20 ms. The next vacuum makes better statistics.
 */
export const analyzeGrown = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  const grown = yield* sql.unsafe<{ readonly name: string }>(selectGrown)
  for (const { name } of grown) {
    yield* sql.withTransaction(
      Effect.andThen(sql`SET LOCAL default_statistics_target = 5`, sql.unsafe(`ANALYZE ${name}`).unprepared),
    )
  }
  return grown.map(({ name }) => name)
})

/** Returns the position in the log of writes. A later one is the same if nothing was written meanwhile. */
export const writePosition = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  const [row] = yield* sql<{ readonly position: string }>`SELECT pg_current_wal_insert_lsn()::text AS position`
  return row?.position ?? ""
})

const vacuumAgain = vacuumDue(allTables).pipe(
  Effect.catchCause((cause) => Effect.logWarning("Could not vacuum the database; trying again later.", cause)),
  Effect.delay(interval),
  Effect.forever,
)

const analyzeAgain = Effect.suspend(() => {
  let analyzedAt = ""
  return Effect.gen(function* () {
    const position = yield* writePosition
    if (position !== analyzedAt) yield* analyzeGrown
    analyzedAt = position
  }).pipe(
    Effect.catchCause((cause) => Effect.logWarning("Could not analyze the database; trying again later.", cause)),
    Effect.delay(growthInterval),
    Effect.forever,
  )
})

/** Does the work of a server's autovacuum, which the database in this process lacks, until the scope closes. */
export const layer: Layer.Layer<never, never, PgClient.PgClient> = Layer.effectDiscard(
  Effect.andThen(Effect.forkScoped(vacuumAgain), Effect.forkScoped(analyzeAgain)),
)
