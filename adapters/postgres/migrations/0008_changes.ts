/** Adds the history of tasks and categories, soft deletion of categories, and the records of idempotency keys. */
import { Effect } from "effect"
import { SqlClient, type SqlError } from "effect/sql"

const statements = [
  // The end of each user's history. Every writer locks the user's row before any task or category of the user. So
  // the order of sequence numbers is the order of commits, and two writers of one user cannot deadlock. Half of each page is
  // left for the next version of its rows.
  `CREATE TABLE change_heads (
    user_id uuid PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    seq bigint NOT NULL DEFAULT 0,
    floor bigint NOT NULL DEFAULT 0,
    floor_id uuid
  ) WITH (fillfactor = 50)`,

  `INSERT INTO change_heads (user_id) SELECT id FROM accounts`,

  // A reference to the account would be checked by every write. Instead, deleting an account deletes these rows. There
  // are no other checks either, because PostgreSQL parses each of them again in every statement that writes: they took a
  // third of the instructions of a write.
  `CREATE TABLE changes (
    user_id uuid NOT NULL,
    seq bigint NOT NULL,
    id uuid NOT NULL,
    at timestamptz(3) NOT NULL,
    entity text COLLATE "C" NOT NULL,
    entity_id uuid NOT NULL,
    op text COLLATE "C" NOT NULL,
    version integer,
    before jsonb,
    after jsonb,
    actor_kind text COLLATE "C" NOT NULL,
    actor_id uuid,
    actor_name text,
    request_id text COLLATE "C",
    batch_id uuid NOT NULL,
    undoes uuid,
    PRIMARY KEY (user_id, seq)
  )`,

  `CREATE INDEX changes_by_entity ON changes (user_id, entity_id, seq)`,

  // Finds a change by its id, and those of a batch: their ids follow the id of the batch.
  `CREATE INDEX changes_by_id ON changes (user_id, id)`,

  // Across users: cleanup removes old changes of any user. The table grows at its end, so summaries of its pages do.
  `CREATE INDEX changes_by_at ON changes USING brin (at)`,

  // Without a reference to the account, as above.
  `CREATE TABLE idempotency_records (
    user_id uuid NOT NULL,
    key text COLLATE "C" NOT NULL,
    fingerprint text COLLATE "C" NOT NULL,
    response text NOT NULL,
    at timestamptz(3) NOT NULL,
    PRIMARY KEY (user_id, key)
  )`,

  `CREATE INDEX idempotency_records_by_at ON idempotency_records USING brin (at)`,

  `ALTER TABLE categories
    ADD COLUMN version integer NOT NULL DEFAULT 1 CHECK (version >= 1),
    ADD COLUMN updated_at timestamptz(3),
    ADD COLUMN deleted_at timestamptz(3)`,

  `UPDATE categories SET updated_at = created_at`,

  `ALTER TABLE categories ALTER COLUMN updated_at SET NOT NULL, ALTER COLUMN version DROP DEFAULT`,

  // A deleted category gives its name back.
  `ALTER TABLE categories DROP CONSTRAINT categories_user_id_name_key`,
  `CREATE UNIQUE INDEX categories_by_name ON categories (user_id, name) WHERE deleted_at IS NULL`,

  // Across users: cleanup removes categories that were deleted long ago.
  `CREATE INDEX categories_by_deleted_at ON categories (deleted_at) WHERE deleted_at IS NOT NULL`,

  `CREATE INDEX tasks_in_trash ON tasks (user_id, deleted_at, id) WHERE deleted_at IS NOT NULL`,
]

/** Adds the tables, columns and indexes of changes. Existing accounts begin with an empty history. */
export const addChanges: Effect.Effect<void, SqlError.SqlError, SqlClient.SqlClient> = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => Effect.forEach(statements, (statement) => sql.unsafe(statement).unprepared, { discard: true }),
)
