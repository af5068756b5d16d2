/** Lets PostgreSQL write a changed task beside the old one, without a new entry in any index (a "HOT" update). */
import { Effect } from "effect"
import { SqlClient, type SqlError } from "effect/sql"

// An update is HOT if it changes no indexed column and its page has room. Every update changes `updated_at`, so no
// update could be HOT with an index of that column. Both statements change the catalogue only and rewrite no row: pages
// get their room as they are filled or vacuumed. The index goes first, because its lock on the table is the stronger of
// the two. The other order would wait for the stronger lock while it holds the weaker one, which can deadlock.
const statements = ["DROP INDEX tasks_by_updated_at", "ALTER TABLE tasks SET (fillfactor = 80)"]

/** Drops the index by time of change, and leaves a fifth of each new page of tasks for updates. */
export const makeTaskUpdatesHot: Effect.Effect<void, SqlError.SqlError, SqlClient.SqlClient> = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => Effect.forEach(statements, (statement) => sql.unsafe(statement).unprepared, { discard: true }),
)
