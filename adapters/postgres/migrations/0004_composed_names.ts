import { Effect } from "effect"
import { SqlClient, type SqlError } from "effect/sql"

// Names were once kept as they were typed, so `Café` could be two categories of one user. A name whose composed form
// another category has, or of which two spellings exist, stays as it is; so nothing here can fail or be lost. Titles and
// full names need not be unique, and stay too: a task's tag names its version, and its text may not change under it.
const composeCategoryNames = `
  WITH composed AS (
    SELECT DISTINCT ON (user_id, normalize(name, NFC)) user_id, id, normalize(name, NFC) AS name
    FROM categories
    WHERE name IS NOT NFC NORMALIZED AND char_length(normalize(name, NFC)) BETWEEN 3 AND 50
    ORDER BY user_id, normalize(name, NFC), id
  )
  UPDATE categories SET name = composed.name
  FROM composed
  WHERE categories.user_id = composed.user_id AND categories.id = composed.id
    AND NOT EXISTS (
      SELECT FROM categories AS other WHERE other.user_id = composed.user_id AND other.name = composed.name
    )`

/** Holds the names of categories in Unicode's NFC form, as new ones are, so that two spellings of one name are one name. */
export const composeNames: Effect.Effect<void, SqlError.SqlError, SqlClient.SqlClient> = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => Effect.asVoid(sql.unsafe(composeCategoryNames).unprepared),
)
