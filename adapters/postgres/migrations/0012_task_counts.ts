/** Keeps the number of a user's tasks beside the end of the user's history. */
import { Effect } from "effect"
import { SqlClient, type SqlError } from "effect/sql"

const statements = [
  // Both are null in existing rows, so no row is rewritten. The first list of a user counts the tasks once
  // (`TaskCount.ts`). A server of the version before changes neither column when it takes a number. So `task_count_seq` then
  // differs from `seq`, and the next list counts again.
  "ALTER TABLE change_heads ADD COLUMN task_count integer, ADD COLUMN task_count_seq bigint",

  // A new account has no tasks, and `seq` begins at 0.
  "ALTER TABLE change_heads ALTER COLUMN task_count SET DEFAULT 0, ALTER COLUMN task_count_seq SET DEFAULT 0",
]

/** Adds the number of tasks, and the place in the history at which it was right. */
export const addTaskCounts: Effect.Effect<void, SqlError.SqlError, SqlClient.SqlClient> = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => Effect.forEach(statements, (statement) => sql.unsafe(statement).unprepared, { discard: true }),
)
