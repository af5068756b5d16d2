/** Makes the benchmark's database and fills it with users, tasks and categories. */
import { PgClient } from "@effect/sql-pg"
import { Effect, Redacted } from "effect"
import { uuidV7Unsafe } from "effect/crypto/SecureRandom"

const serverUrl = process.env["TEST_DATABASE_URL"] ?? "postgres://postgres@127.0.0.1:5432/postgres"

/** The records that a user of a benchmark has before it begins. */
export interface BenchUser {
  readonly userId: string
  readonly sessionId: string
  readonly taskIds: ReadonlyArray<string>
  readonly categoryIds: ReadonlyArray<string>
}

export interface BenchDatabase {
  readonly url: string
  /** Stores users with tasks and categories. The schema must exist. */
  readonly addUsers: (
    count: number,
    each: { readonly tasks: number; readonly categories: number },
  ) => Promise<ReadonlyArray<BenchUser>>
  /** Runs one statement, which no timeout of a service stops. */
  readonly run: (statement: string) => Promise<void>
  readonly drop: () => Promise<void>
}

const onDatabase = <A>(url: string, use: (sql: PgClient.PgClient) => Effect.Effect<A, unknown>): Promise<A> =>
  Effect.flatMap(PgClient.PgClient, use).pipe(
    Effect.provide(PgClient.layer({ url: Redacted.make(url), maxConnections: 1 })),
    Effect.runPromise,
  )

/** Makes a database that `drop` removes. */
export const createDatabase = async (name: string): Promise<BenchDatabase> => {
  const database = `taskwright_bench_${name}_${process.pid}`
  const url = new URL(serverUrl)
  url.pathname = `/${database}`
  await onDatabase(serverUrl, (sql) => sql.unsafe(`CREATE DATABASE ${database}`).unprepared)
  return {
    url: url.href,
    addUsers: (count, each) => onDatabase(url.href, (sql) => addUsers(sql, count, each)),
    run: async (statement) => {
      await onDatabase(url.href, (sql) => sql.unsafe(statement).unprepared)
    },
    drop: async () => {
      await onDatabase(serverUrl, (sql) => sql.unsafe(`DROP DATABASE ${database} WITH (FORCE)`).unprepared)
    },
  }
}

const ids = (count: number): ReadonlyArray<string> => Array.from({ length: count }, () => uuidV7Unsafe())

const addUsers = (
  sql: PgClient.PgClient,
  count: number,
  each: { readonly tasks: number; readonly categories: number },
): Effect.Effect<ReadonlyArray<BenchUser>, unknown> =>
  Effect.gen(function* () {
    const users = Array.from({ length: count }, () => ({
      userId: uuidV7Unsafe(),
      sessionId: uuidV7Unsafe(),
      taskIds: ids(each.tasks),
      categoryIds: ids(each.categories),
    }))
    for (let start = 0; start < count; start += 100) yield* addSome(sql, users.slice(start, start + 100))
    yield* sql.unsafe("ANALYZE").unprepared
    return users
  })

/** One JSON parameter per table carries the rows, so that the insertion of a thousand users takes a moment. */
const addSome = (sql: PgClient.PgClient, users: ReadonlyArray<BenchUser>) =>
  Effect.gen(function* () {
    const rows = JSON.stringify(users)
    yield* sql`INSERT INTO accounts (id, email, full_name, password_hash, is_active, created_at, updated_at)
      SELECT (u->>'userId')::uuid, (u->>'userId') || '@example.com', 'Ada Lovelace',
        '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g', true, now(), now()
      FROM jsonb_array_elements(${rows}::jsonb) AS u`
    yield* sql`INSERT INTO sessions (user_id, id, created_at, last_used_at, expires_at)
      SELECT (u->>'userId')::uuid, (u->>'sessionId')::uuid, now(), now(), now() + interval '7 days'
      FROM jsonb_array_elements(${rows}::jsonb) AS u`
    // The schema may be that of a version before changes.
    const [schema] = yield* sql<{ has_changes: boolean }>`SELECT to_regclass('change_heads') IS NOT NULL AS has_changes`
    const hasChanges = schema?.has_changes === true
    if (hasChanges) {
      yield* sql`INSERT INTO change_heads (user_id)
        SELECT (u->>'userId')::uuid FROM jsonb_array_elements(${rows}::jsonb) AS u`
    }
    const [columns, values] = hasChanges ? [", version, updated_at", ", 1, now()"] : ["", ""]
    yield* sql`INSERT INTO categories (user_id, id, name, color, created_at${sql.literal(columns)})
      SELECT (u->>'userId')::uuid, c.id::uuid, 'Category ' || c.n, '#00aa55', now()${sql.literal(values)}
      FROM jsonb_array_elements(${rows}::jsonb) AS u,
        jsonb_array_elements_text(u->'categoryIds') WITH ORDINALITY AS c (id, n)`
    yield* sql`INSERT INTO tasks
        (user_id, id, title, description, status, priority, due_date, version, created_at, updated_at)
      SELECT (u->>'userId')::uuid, t.id::uuid, 'Task number ' || t.n, 'Two bottles, oat. Then the plants.',
        (ARRAY['pending', 'in_progress', 'completed'])[1 + t.n % 3]::task_status,
        (ARRAY['low', 'medium', 'high'])[1 + t.n % 3]::task_priority,
        CASE WHEN t.n % 2 = 0 THEN now() + t.n * interval '1 day' END, 1,
        now() - t.n * interval '1 minute', now() - t.n * interval '1 minute'
      FROM jsonb_array_elements(${rows}::jsonb) AS u,
        jsonb_array_elements_text(u->'taskIds') WITH ORDINALITY AS t (id, n)`
    yield* sql`INSERT INTO task_categories (user_id, task_id, category_id)
      SELECT (u->>'userId')::uuid, t.id::uuid, (u->'categoryIds'->>0)::uuid
      FROM jsonb_array_elements(${rows}::jsonb) AS u,
        jsonb_array_elements_text(u->'taskIds') WITH ORDINALITY AS t (id, n)
      WHERE t.n % 2 = 0 AND u->'categoryIds'->>0 IS NOT NULL`
  })
