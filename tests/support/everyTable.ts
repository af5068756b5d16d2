/** Puts rows into every table of the schema, and reads every row back, whatever tables the migrations make. */
import { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"

const hash = (digit: string): string => `'${digit.repeat(43)}'`
const time = (day: number): string => `'2026-11-${String(day).padStart(2, "0")}T12:34:56.789Z'`

/** Text that an export could change: quotes, line breaks, controls of a terminal, emoji, and text like JSON. */
const awkward = `'He said "no"' || chr(10) || chr(9) || chr(27) || chr(155) || chr(8238) || '\\u0041 {"end":1} 🎉'`

const idOf = (index: number, kind: number): string =>
  `'0193a5ad-92d0-7c52-8d1c-${String(kind * 100_000 + index)}'::uuid`
const [user, other] = [idOf(1, 1_000_000), idOf(2, 1_000_000)]
const [session, category, task, token] = [2_000_000, 3_000_000, 4_000_000, 8_000_000].map((kind) => idOf(1, kind))

/** Rows in all tables, with a null and a value in each column that may be null. */
const statements = [
  `INSERT INTO accounts VALUES (${user}, 'ada@example.com', ${awkward}, '$argon2id$v=19$x', true, ${time(1)}, ${time(2)}, null),
    (${other}, 'bob@example.com', 'Bob', '$argon2id$v=19$y', false, ${time(3)}, ${time(4)}, ${time(5)})`,
  `INSERT INTO sessions VALUES (${user}, ${session}, ${time(1)}, ${time(2)}, ${time(9)}, null, ${awkward}),
    (${other}, ${session}, ${time(1)}, ${time(2)}, ${time(9)}, ${time(3)}, null)`,
  `INSERT INTO refresh_tokens VALUES (${user}, ${hash("a")}, ${session}, ${time(9)}, ${time(2)}, ${hash("b")}, ${hash("c")}),
    (${user}, ${hash("b")}, ${session}, ${time(9)}, null, null, null)`,
  `INSERT INTO email_verifications VALUES (${user}, ${hash("d")}, ${time(9)})`,
  `INSERT INTO password_resets VALUES (${other}, ${hash("e")}, ${time(9)})`,
  `INSERT INTO categories VALUES (${user}, ${category}, 'home 🏡', '#2E7D32', ${time(1)}, 3, ${time(2)}, ${time(3)}),
    (${other}, ${category}, 'home', null, ${time(1)}, 1, ${time(1)}, null)`,
  `INSERT INTO tasks VALUES (${user}, ${task}, ${awkward}, ${awkward}, 'in_progress', 'high', '9999-12-31T23:59:59.999Z', 7, '1970-01-01T00:00:00Z', ${time(2)}, null),
    (${other}, ${task}, 'Deleted', null, 'completed', 'low', null, 2147483647, ${time(1)}, ${time(2)}, ${time(3)})`,
  `INSERT INTO task_categories VALUES (${user}, ${task}, ${category})`,
  `INSERT INTO change_heads VALUES (${user}, 9, 7, ${idOf(1, 7_000_000)}, 1201, 9),
    (${other}, 1, 0, null, null, null)`,
  `INSERT INTO changes VALUES
    (${user}, 8, ${idOf(2, 7_000_000)}, ${time(2)}, 'task', ${task}, 'updated', 7, jsonb_build_object('title', ${awkward}),
      '{"title": null, "category_ids": ["a", "b"]}', 'session', ${session}, ${awkward}, 'request-1', ${idOf(3, 7_000_000)}, ${idOf(4, 7_000_000)}),
    (${user}, 9, ${idOf(5, 7_000_000)}, ${time(3)}, 'category', ${category}, 'purged', null, null, null, 'system', null,
      'cleanup', null, ${idOf(6, 7_000_000)}, null),
    (${other}, 1, ${idOf(7, 7_000_000)}, ${time(1)}, 'task', ${task}, 'created', 1, null, '{}', 'token', ${session}, null,
      null, ${idOf(8, 7_000_000)}, null)`,
  `INSERT INTO idempotency_records VALUES (${user}, 'key "1"', ${hash("f")}, ${awkward}, ${time(2)})`,
  `INSERT INTO ended_sessions VALUES (${idOf(3, 1_000_000)}, ${session}, ${time(3)})`,
  `INSERT INTO api_tokens VALUES (${user}, ${token}, ${hash("f")}, ${awkward}, ARRAY['tasks:read', 'webhooks'], 'twk_aB3x', ${time(1)}, ${time(9)}, ${time(2)}),
    (${other}, ${token}, ${hash("g")}, 'b', ARRAY['tasks:read'], 'twk_aB3y', ${time(1)}, ${time(9)}, null)`,
  `INSERT INTO revoked_api_tokens VALUES (${idOf(3, 1_000_000)}, ${token}, ${time(3)})`,
  `INSERT INTO outgoing_emails VALUES (${user}, ${idOf(1, 5_000_000)}, 'VerifyEmail', ${time(1)}, 3, null, null, ${time(2)}, ${awkward}),
    (${user}, ${idOf(2, 5_000_000)}, 'TokenTheft', ${time(1)}, 0, ${time(2)}, null, null, null)`,
  `INSERT INTO email_requests VALUES (${idOf(1, 6_000_000)}, 'ada@example.com', 'ResetPassword')`,
  // More than one page of a dump, some of it with long text.
  `INSERT INTO tasks SELECT ${user}, ('0193a5ad-92d0-7c52-8d1d-' || lpad(i::text, 12, '0'))::uuid, 'Task ' || i,
    repeat('🎉', i % 2000), 'pending', 'medium', null, 1, ${time(1)}, ${time(2)}, null FROM generate_series(1, 1200) AS i`,
]

export const fillEveryTable = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  yield* Effect.forEach(statements, (statement) => sql.unsafe(statement).unprepared, { discard: true })
})

/** The names of all tables in the current schema, but for that of the migrations. */
export const tableNames = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  const rows = yield* sql<{ name: string }>`SELECT relname::text AS name FROM pg_class
    WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace AND relname <> 'taskwright_migrations'
    ORDER BY relname COLLATE "C"`
  return rows.map(({ name }) => name)
})

/** All rows of all tables, by the table's name. A row is text that has every column with its full precision. */
export const everyRow = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  const contents: Record<string, ReadonlyArray<string>> = {}
  for (const name of yield* tableNames) {
    const rows = yield* sql.unsafe<{ row: string }>(
      `SELECT found::text AS row FROM ${name} AS found ORDER BY found::text COLLATE "C"`,
    ).unprepared
    contents[name] = rows.map(({ row }) => row)
  }
  return contents
})
