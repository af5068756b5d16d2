/** Adds the queue of requests for emails. */
import { Effect } from "effect"
import { SqlClient, type SqlError } from "effect/sql"

const statements = [
  // A request has only an address, which may have no account. So the table refers to no other, and no address is
  // unique.
  `CREATE TABLE email_requests (
    id uuid PRIMARY KEY,
    email text COLLATE "C" NOT NULL CHECK (char_length(email) BETWEEN 3 AND 254),
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('VerifyEmail', 'ResetPassword'))
  )`,
]

/** Adds the table in which requests for emails wait until they are handled. */
export const addEmailRequests: Effect.Effect<void, SqlError.SqlError, SqlClient.SqlClient> = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => Effect.forEach(statements, (statement) => sql.unsafe(statement).unprepared, { discard: true }),
)
