/** Stores the users of a benchmark with their records. */
import type { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"
import type { BenchUser } from "./BenchUsers.ts"

const usersAtOnce = 100

/** Inserts the users, and analyses the tables. The schema may be that of a version before changes. */
export const insertUsers = (
  sql: PgClient.PgClient,
  users: ReadonlyArray<BenchUser>,
  at: Date,
  hash: string,
): Effect.Effect<void, unknown> =>
  Effect.gen(function* () {
    for (let start = 0; start < users.length; start += usersAtOnce) {
      yield* insertSome(sql, users.slice(start, start + usersAtOnce), at.toISOString(), hash)
    }
    yield* sql.unsafe("VACUUM ANALYZE").unprepared
  })

/** One JSON parameter per table carries the rows, so that the insertion of a thousand users takes a moment. */
const insertSome = (sql: PgClient.PgClient, users: ReadonlyArray<BenchUser>, at: string, hash: string) =>
  Effect.gen(function* () {
    const rows = JSON.stringify(users)
    yield* sql`INSERT INTO accounts (id, email, full_name, password_hash, is_active, created_at, updated_at)
      SELECT (u->>'userId')::uuid, u->>'email', 'Ada Lovelace', ${hash}, true, ${at}::timestamptz, ${at}::timestamptz
      FROM jsonb_array_elements(${rows}::jsonb) AS u`
    yield* sql`INSERT INTO sessions (user_id, id, created_at, last_used_at, expires_at)
      SELECT (u->>'userId')::uuid, (u->>'sessionId')::uuid, ${at}::timestamptz, ${at}::timestamptz,
        ${at}::timestamptz + interval '7 days'
      FROM jsonb_array_elements(${rows}::jsonb) AS u`
    const [schema] = yield* sql<{ has_changes: boolean }>`SELECT to_regclass('change_heads') IS NOT NULL AS has_changes`
    const hasChanges = schema?.has_changes === true
    const [columns, values] = hasChanges ? [", version, updated_at", ", 1, at"] : ["", ""]
    yield* sql`INSERT INTO categories (user_id, id, name, color, created_at${sql.literal(columns)})
      SELECT (u->>'userId')::uuid, c.id::uuid, 'Category ' || c.n, '#00aa55', at${sql.literal(values)}
      FROM jsonb_array_elements(${rows}::jsonb) AS u, (SELECT ${at}::timestamptz AS at) AS begin,
        jsonb_array_elements_text(u->'categoryIds') WITH ORDINALITY AS c (id, n)`
    yield* sql`INSERT INTO tasks
        (user_id, id, title, description, status, priority, due_date, version, created_at, updated_at)
      SELECT (u->>'userId')::uuid, t.id::uuid, 'Task number ' || t.n, 'Two bottles, oat. Then the plants.',
        (ARRAY['pending', 'in_progress', 'completed'])[1 + t.n % 3]::task_status,
        (ARRAY['low', 'medium', 'high'])[1 + t.n % 3]::task_priority,
        CASE WHEN t.n % 2 = 0 THEN at + t.n * interval '1 day' END, 1,
        at - t.n * interval '1 minute', at - t.n * interval '1 minute'
      FROM jsonb_array_elements(${rows}::jsonb) AS u, (SELECT ${at}::timestamptz AS at) AS begin,
        jsonb_array_elements_text(u->'taskIds') WITH ORDINALITY AS t (id, n)`
    // A third of the tasks has no category, a third has one, and a third has two.
    yield* sql`WITH tasks AS MATERIALIZED (${listed(sql, rows, "taskIds")}),
        categories AS MATERIALIZED (${listed(sql, rows, "categoryIds")})
      INSERT INTO task_categories (user_id, task_id, category_id)
      SELECT user_id, tasks.id, categories.id FROM tasks JOIN categories USING (user_id)
      WHERE categories.n <= tasks.n % 3`
    if (hasChanges) yield* insertHistory(sql, rows, at)
  })

const insertHistory = (sql: PgClient.PgClient, rows: string, at: string) =>
  Effect.gen(function* () {
    yield* sql`INSERT INTO change_heads (user_id, seq)
      SELECT (u->>'userId')::uuid, jsonb_array_length(u->'changeIds') FROM jsonb_array_elements(${rows}::jsonb) AS u`
    yield* sql`WITH tasks AS MATERIALIZED (${listed(sql, rows, "taskIds")}),
        changes AS MATERIALIZED (${listed(sql, rows, "changeIds")})
      INSERT INTO changes (user_id, seq, id, at, entity, entity_id, op, version, after, actor_kind, actor_id,
        request_id, batch_id)
      SELECT user_id, n, changes.id, ${at}::timestamptz, 'task', tasks.id, 'created', 1,
        jsonb_build_object('title', 'Task number ' || n, 'status', 'pending', 'priority', 'medium'),
        'session', changes.session_id, 'request-' || n, changes.id
      FROM changes JOIN tasks USING (user_id, n)`
  })

/** The ids of one list of each user, with their places from 1. Reading a place of a long list by its number is slow. */
const listed = (sql: PgClient.PgClient, rows: string, list: "taskIds" | "categoryIds" | "changeIds") =>
  sql`SELECT (u->>'userId')::uuid AS user_id, (u->>'sessionId')::uuid AS session_id, one.id::uuid AS id, one.n
    FROM jsonb_array_elements(${rows}::jsonb) AS u,
      jsonb_array_elements_text(u->${list}) WITH ORDINALITY AS one (id, n)`
