/** Adds the columns in which searches look for text. */
import { Effect } from "effect"
import { SqlClient, type SqlError } from "effect/sql"

// Both columns are null in existing rows, so no row is rewritten, however many there are. The first search of a user fills
// those that need a value (`SearchTexts.ts`). A server of the version before sets neither column; it raises the version of a
// task that it changes, so `search_version` then differs, and the next search fills the row again.
const addColumns = `ALTER TABLE tasks ADD COLUMN search_text text COLLATE "C", ADD COLUMN search_version integer`

/** Adds the text of tasks in the form in which it is searched, and the version of the task that it belongs to. */
export const addSearchText: Effect.Effect<void, SqlError.SqlError, SqlClient.SqlClient> = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => Effect.asVoid(sql.unsafe(addColumns).unprepared),
)
