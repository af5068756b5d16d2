/** Indexes waiting emails by the time at which they were queued. */
import { Effect } from "effect"
import { SqlClient, type SqlError } from "effect/sql"

const statement = `CREATE INDEX outgoing_emails_waiting_by_created_at ON outgoing_emails (created_at)
  WHERE due_at IS NOT NULL`

/** Adds an index that finds the oldest waiting email without a read of all of them. Its age is a metric. */
export const indexWaitingEmails: Effect.Effect<void, SqlError.SqlError, SqlClient.SqlClient> = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => Effect.asVoid(sql.unsafe(statement).unprepared),
)
