import { Effect } from "effect"
import { SqlClient, type SqlError } from "effect/sql"

const statements = [
  // Requests that came with an address alone, which may have no account: so it refers to nothing, and nothing is unique.
  `CREATE TABLE email_requests (
    id uuid PRIMARY KEY,
    email text COLLATE "C" NOT NULL CHECK (char_length(email) BETWEEN 3 AND 254),
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('VerifyEmail', 'ResetPassword'))
  )`,
]

/** Where requests for mails wait until they are handled. */
export const addEmailRequests: Effect.Effect<void, SqlError.SqlError, SqlClient.SqlClient> = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => Effect.forEach(statements, (statement) => sql.unsafe(statement).unprepared, { discard: true }),
)
