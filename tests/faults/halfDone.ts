/** Finds what a use case wrote only in part, by statements on the database itself. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** Registration writes each of these with the account, and creation of a task its categories. */
const queries = {
  "account without a session": `SELECT id FROM accounts
    WHERE NOT EXISTS (SELECT FROM sessions WHERE user_id = accounts.id)`,
  "session without a refresh token": `SELECT id FROM sessions
    WHERE NOT EXISTS (SELECT FROM refresh_tokens WHERE session_id = sessions.id)`,
  "account without an email": `SELECT id FROM accounts
    WHERE NOT EXISTS (SELECT FROM outgoing_emails WHERE user_id = accounts.id)`,
  "new task without its categories": `SELECT id FROM tasks WHERE title LIKE 'task %'
    AND (SELECT count(*) FROM task_categories WHERE task_id = tasks.id) <> 2`,
}

/** Returns a line for each kind of row that lacks its other half. */
export const halfDone = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  Effect.forEach(Object.entries(queries), ([kind, query]) =>
    Effect.map(sql.unsafe(query).unprepared, (rows) => (rows.length === 0 ? [] : [`${rows.length} × ${kind}`])),
  ),
).pipe(Effect.map((found) => found.flat()))
