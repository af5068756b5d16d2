/** Adds devices of sessions, password resets, the outbox, and the indexes that cleanup needs. */
import { Effect } from "effect"
import { SqlClient, type SqlError } from "effect/sql"

const statements = [
  `ALTER TABLE sessions ADD COLUMN device text CHECK (char_length(device) BETWEEN 1 AND 100)`,

  // Sessions of deleted accounts, so that their access tokens stay refused. The table therefore refers to no other.
  `CREATE TABLE ended_sessions (
    user_id uuid NOT NULL,
    session_id uuid NOT NULL,
    ended_at timestamptz(3) NOT NULL,
    PRIMARY KEY (user_id, session_id)
  )`,

  // Across users: every process asks which sessions of any user were revoked.
  `CREATE INDEX ended_sessions_by_ended_at ON ended_sessions (ended_at) INCLUDE (session_id)`,

  `CREATE TABLE password_resets (
    user_id uuid PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    token_hash text COLLATE "C" NOT NULL CHECK (char_length(token_hash) = 43),
    expires_at timestamptz(3) NOT NULL
  )`,

  // Without recipient and token: both are looked up or created when the email is sent.
  `CREATE TABLE outgoing_emails (
    user_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    id uuid NOT NULL,
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('VerifyEmail', 'ResetPassword', 'PasswordChanged', 'TokenTheft')),
    created_at timestamptz(3) NOT NULL,
    attempts integer NOT NULL CHECK (attempts >= 0),
    due_at timestamptz(3),
    sent_at timestamptz(3),
    failed_at timestamptz(3),
    last_error text CHECK (char_length(last_error) <= 500),
    PRIMARY KEY (user_id, id),
    CHECK (num_nonnulls(due_at, sent_at, failed_at) = 1)
  )`,

  // Across users, like all that follow: workers take any due email, and cleanup takes any expired row.
  `CREATE INDEX outgoing_emails_by_due_at ON outgoing_emails (due_at) WHERE due_at IS NOT NULL`,
  `CREATE INDEX outgoing_emails_by_sent_at ON outgoing_emails (sent_at) WHERE sent_at IS NOT NULL`,
  `CREATE INDEX outgoing_emails_by_failed_at ON outgoing_emails (failed_at) WHERE failed_at IS NOT NULL`,
  `CREATE INDEX sessions_by_expires_at ON sessions (expires_at)`,
  `CREATE INDEX refresh_tokens_by_expires_at ON refresh_tokens (expires_at)`,
  `CREATE INDEX email_verifications_by_expires_at ON email_verifications (expires_at)`,
  `CREATE INDEX password_resets_by_expires_at ON password_resets (expires_at)`,
  `CREATE INDEX tasks_by_deleted_at ON tasks (deleted_at) WHERE deleted_at IS NOT NULL`,
]

/** Adds the tables, columns and indexes of account safety, the outbox and cleanup. */
export const addAccountSafety: Effect.Effect<void, SqlError.SqlError, SqlClient.SqlClient> = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => Effect.forEach(statements, (statement) => sql.unsafe(statement).unprepared, { discard: true }),
)
