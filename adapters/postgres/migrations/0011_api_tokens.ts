/** Adds API tokens, and the records of those that were revoked. */
import { Effect } from "effect"
import { SqlClient, type SqlError } from "effect/sql"

const statements = [
  // Only the hash of a secret, and its first characters. The last use is written often, so no index has it. A part of
  // each page is left for the next version of its rows.
  `CREATE TABLE api_tokens (
    user_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    id uuid NOT NULL,
    hash text COLLATE "C" NOT NULL CHECK (char_length(hash) = 43),
    name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
    scopes text[] COLLATE "C" NOT NULL CHECK (cardinality(scopes) > 0),
    prefix text COLLATE "C" NOT NULL CHECK (char_length(prefix) BETWEEN 1 AND 16),
    created_at timestamptz(3) NOT NULL,
    expires_at timestamptz(3) NOT NULL,
    last_used_at timestamptz(3),
    PRIMARY KEY (user_id, id)
  ) WITH (fillfactor = 80)`,

  // Across users: a secret does not name its user.
  `CREATE UNIQUE INDEX api_tokens_by_hash ON api_tokens (hash)`,
  // Across users: cleanup removes expired tokens of any user.
  `CREATE INDEX api_tokens_by_expires_at ON api_tokens (expires_at)`,

  // So that other processes learn of a revocation. The table refers to no other, because an account may be deleted.
  `CREATE TABLE revoked_api_tokens (
    user_id uuid NOT NULL,
    token_id uuid NOT NULL,
    revoked_at timestamptz(3) NOT NULL,
    PRIMARY KEY (user_id, token_id)
  )`,

  // Across users: every process asks which tokens of any user were revoked.
  `CREATE INDEX revoked_api_tokens_by_revoked_at ON revoked_api_tokens (revoked_at) INCLUDE (token_id)`,
]

/** Adds the tables and indexes of API tokens. */
export const addApiTokens: Effect.Effect<void, SqlError.SqlError, SqlClient.SqlClient> = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => Effect.forEach(statements, (statement) => sql.unsafe(statement).unprepared, { discard: true }),
)
