/** Normalizes the names of existing categories to Unicode's NFC form. */
import { Effect } from "effect"
import { SqlClient, type SqlError } from "effect/sql"

// Names used to be stored as they were typed, so `Café` could be two categories of one user. A name stays unchanged if
// another category has its composed form, or if two spellings of it exist. So this migration can neither fail nor lose
// a name. Titles and full names need not be unique, and stay unchanged too. A task's tag names its version, so its text
// must not change under it.
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

/** Converts category names to NFC, as for new ones, so that two spellings of one name are the same name. */
export const composeNames: Effect.Effect<void, SqlError.SqlError, SqlClient.SqlClient> = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => Effect.asVoid(sql.unsafe(composeCategoryNames).unprepared),
)
