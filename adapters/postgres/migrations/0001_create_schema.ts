/** The first migration: accounts, sessions, tokens, categories and tasks. */
import { Effect } from "effect"
import { SqlClient, type SqlError } from "effect/sql"

// Every primary key and every index of a user's rows starts with the user's id, and no sequence is used. So the tables
// can be distributed by user without a change. Comments explain the exceptions.
const statements = [
  // They sort in this order, so that a list by priority needs no translation.
  `CREATE TYPE task_priority AS ENUM ('low', 'medium', 'high')`,

  `CREATE TYPE task_status AS ENUM ('pending', 'in_progress', 'completed')`,

  `CREATE TABLE accounts (
    id uuid PRIMARY KEY,
    email text COLLATE "C" NOT NULL UNIQUE
      CHECK (email = lower(email) AND char_length(email) BETWEEN 3 AND 254),
    full_name text NOT NULL CHECK (char_length(full_name) BETWEEN 1 AND 100),
    password_hash text NOT NULL CHECK (password_hash <> ''),
    is_active boolean NOT NULL,
    created_at timestamptz(3) NOT NULL,
    updated_at timestamptz(3) NOT NULL
  )`,

  `CREATE TABLE sessions (
    user_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    id uuid NOT NULL,
    created_at timestamptz(3) NOT NULL,
    last_used_at timestamptz(3) NOT NULL,
    expires_at timestamptz(3) NOT NULL,
    ended_at timestamptz(3),
    PRIMARY KEY (user_id, id)
  )`,

  // Across users: every process asks once a second which sessions of any user were revoked.
  `CREATE INDEX sessions_by_ended_at ON sessions (ended_at) INCLUDE (id) WHERE ended_at IS NOT NULL`,

  `CREATE TABLE refresh_tokens (
    user_id uuid NOT NULL,
    hash text COLLATE "C" NOT NULL CHECK (char_length(hash) = 43),
    session_id uuid NOT NULL,
    expires_at timestamptz(3) NOT NULL,
    replaced_at timestamptz(3),
    replacement_hash text COLLATE "C" CHECK (char_length(replacement_hash) = 43),
    replacement_salt text COLLATE "C" CHECK (char_length(replacement_salt) = 43),
    PRIMARY KEY (user_id, hash),
    FOREIGN KEY (user_id, session_id) REFERENCES sessions ON DELETE CASCADE,
    CHECK (num_nulls(replaced_at, replacement_hash, replacement_salt) IN (0, 3))
  )`,

  `CREATE INDEX refresh_tokens_by_session ON refresh_tokens (user_id, session_id)`,

  `CREATE TABLE email_verifications (
    user_id uuid PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    token_hash text COLLATE "C" NOT NULL CHECK (char_length(token_hash) = 43),
    expires_at timestamptz(3) NOT NULL
  )`,

  `CREATE TABLE categories (
    user_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    id uuid NOT NULL,
    name text COLLATE "C" NOT NULL CHECK (char_length(name) BETWEEN 3 AND 50),
    color text COLLATE "C" CHECK (color ~ '^#[0-9A-Fa-f]{6}$'),
    created_at timestamptz(3) NOT NULL,
    PRIMARY KEY (user_id, id),
    UNIQUE (user_id, name)
  )`,

  // Across users: the API responds 403 for another user's category and 404 for none, so a miss asks by id alone.
  `CREATE INDEX categories_by_id ON categories (id)`,

  `CREATE TABLE tasks (
    user_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    id uuid NOT NULL,
    title text NOT NULL CHECK (char_length(title) BETWEEN 3 AND 200),
    description text CHECK (char_length(description) <= 2000),
    status task_status NOT NULL,
    priority task_priority NOT NULL,
    due_date timestamptz(3),
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz(3) NOT NULL,
    updated_at timestamptz(3) NOT NULL,
    deleted_at timestamptz(3),
    PRIMARY KEY (user_id, id)
  )`,

  // Across users: the API responds 403 for another user's task and 404 for none, so a miss asks by id alone.
  `CREATE INDEX tasks_by_id ON tasks (id) WHERE deleted_at IS NULL`,

  // One index serves an order and its reverse. Due dates need two, because a missing one comes last in both.
  `CREATE INDEX tasks_by_created_at ON tasks (user_id, created_at, id) WHERE deleted_at IS NULL`,
  `CREATE INDEX tasks_by_updated_at ON tasks (user_id, updated_at, id) WHERE deleted_at IS NULL`,
  `CREATE INDEX tasks_by_priority ON tasks (user_id, priority, id) WHERE deleted_at IS NULL`,
  `CREATE INDEX tasks_by_due_date ON tasks (user_id, due_date, id) WHERE deleted_at IS NULL`,
  `CREATE INDEX tasks_by_due_date_descending ON tasks (user_id, due_date DESC NULLS LAST, id DESC)
    WHERE deleted_at IS NULL`,

  // Only few of many tasks may have a status. The other filters use the indexes above and those of the assignments.
  `CREATE INDEX tasks_by_status ON tasks (user_id, status, created_at, id) WHERE deleted_at IS NULL`,

  `CREATE TABLE task_categories (
    user_id uuid NOT NULL,
    task_id uuid NOT NULL,
    category_id uuid NOT NULL,
    PRIMARY KEY (user_id, task_id, category_id),
    FOREIGN KEY (user_id, task_id) REFERENCES tasks ON DELETE CASCADE,
    FOREIGN KEY (user_id, category_id) REFERENCES categories ON DELETE CASCADE
  )`,

  `CREATE INDEX task_categories_by_category ON task_categories (user_id, category_id, task_id)`,
]

export const createSchema: Effect.Effect<void, SqlError.SqlError, SqlClient.SqlClient> = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => Effect.forEach(statements, (statement) => sql.unsafe(statement).unprepared, { discard: true }),
)
