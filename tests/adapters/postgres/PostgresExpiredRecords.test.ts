/** Holds the cleanup statements to their indexes, their batches and one process at a time. */
import { PgClient } from "@effect/sql-pg"
import { expect, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer } from "effect"
import { deletions } from "../../../adapters/postgres/PostgresCleanupStatements.ts"
import * as PostgresRepositories from "../../../adapters/postgres/PostgresRepositories.ts"
import { cleanUp } from "../../../application/cleanup/CleanUp.ts"
import { ExpiredRecords, type RemovedCounts } from "../../../application/cleanup/ExpiredRecords.ts"
import { UnitOfWork } from "../../../application/shared/UnitOfWork.ts"
import { at } from "../../support/entities.ts"
import { clientOn, describeOnPostgres, freshRepositories, TestSchema } from "../../support/postgres.ts"

/** By the database's own clock, because the use case uses this process's. */
const accounts = (count: number) => `INSERT INTO accounts
  SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, n || '@example.com', 'Somebody', 'hash',
    true, now(), now()
  FROM generate_series(1, ${count}) AS n`

const id = (kind: string) => `('00000000-0000-7000-${kind}-' || lpad(to_hex(n), 12, '0'))::uuid`
const owner = (users: number) => `('00000000-0000-7000-8000-' || lpad(to_hex(1 + n % ${users}), 12, '0'))::uuid`
const hash = "translate(encode(sha256(n::text::bytea), 'base64'), '+/=', '-_')"

/** Inserts that many rows of each kind, of which one in `share` has expired. Each session has one token. */
const load = Effect.fnUntraced(function* (users: number, rows: number, share: number) {
  const sql = yield* PgClient.PgClient
  const time = (days: number) => `now() + CASE WHEN n % ${share} = 0 THEN -${days} ELSE 3 END * interval '1 day'`
  const ended = (days: number) => `CASE WHEN n % ${share} = 0 THEN now() - ${days} * interval '1 day' END`
  const statements = [
    accounts(users),
    `INSERT INTO sessions (user_id, id, created_at, last_used_at, expires_at, ended_at)
      SELECT ${owner(users)}, ${id("9000")}, now(), now(), ${time(2)}, CASE WHEN n % ${2 * share} = 1 THEN now() - interval '2 days' END
      FROM generate_series(1, ${rows}) AS n`,
    `INSERT INTO refresh_tokens (user_id, session_id, hash, expires_at)
      SELECT ${owner(users)}, ${id("9000")}, ${hash}, ${time(2)} FROM generate_series(1, ${rows}) AS n`,
    `INSERT INTO ended_sessions SELECT ${owner(users)}, ${id("9001")}, ${time(2)} FROM generate_series(1, ${rows}) AS n`,
    `INSERT INTO api_tokens (user_id, id, hash, name, scopes, prefix, created_at, expires_at)
      SELECT ${owner(users)}, ${id("e000")}, ${hash}, 'robot', '{tasks:read}', 'twk_0000', now(), ${time(2)}
      FROM generate_series(1, ${rows}) AS n`,
    `INSERT INTO revoked_api_tokens SELECT ${owner(users)}, ${id("e001")}, ${time(2)}
      FROM generate_series(1, ${rows}) AS n`,
    ...["email_verifications", "password_resets"].map(
      (table) =>
        `INSERT INTO ${table} SELECT ${id("8000")}, ${hash}, ${time(2)} FROM generate_series(1, ${users}) AS n`,
    ),
    `INSERT INTO outgoing_emails (user_id, id, kind, created_at, attempts, due_at, sent_at, failed_at)
      SELECT ${owner(users)}, ${id("a000")}, 'VerifyEmail', now(), 1,
        CASE WHEN n % ${share} > 1 THEN now() END,
        CASE WHEN n % ${share} = 0 THEN now() - interval '8 days' END,
        CASE WHEN n % ${share} = 1 THEN now() - interval '31 days' END
      FROM generate_series(1, ${rows}) AS n`,
    `INSERT INTO tasks (user_id, id, title, status, priority, version, created_at, updated_at, deleted_at)
      SELECT ${owner(users)}, ${id("b000")}, 'Task', 'pending', 'low', 1, now(), now(), ${ended(31)}
      FROM generate_series(1, ${rows}) AS n`,
    // The deleted ones have assignments to tasks that are not deleted.
    `INSERT INTO categories (user_id, id, name, version, created_at, updated_at, deleted_at)
      SELECT ${owner(users)}, ${id("c000")}, 'Category ' || n, 1, now(), now(),
        CASE WHEN n % ${share} = 1 THEN now() - interval '31 days' END
      FROM generate_series(1, ${rows}) AS n`,
    `INSERT INTO task_categories
      SELECT ${owner(users)}, ${id("b000")}, ${id("c000")} FROM generate_series(1, ${rows}) AS n WHERE n % ${share} > 0`,
    `INSERT INTO changes (user_id, seq, id, at, entity, entity_id, op, version, actor_kind, actor_name, batch_id)
      SELECT ${owner(users)}, 1 + (n - 1) / ${users}, ${id("d000")},
        now() - CASE WHEN n <= ${rows} / ${share} THEN 91 ELSE 1 END * interval '1 day',
        'task', ${id("b000")}, 'updated', 1, 'system', 'test', ${id("d000")}
      FROM generate_series(1, ${rows}) AS n`,
    "INSERT INTO change_heads SELECT user_id, max(seq), 0, null FROM changes GROUP BY user_id",
    `INSERT INTO idempotency_records
      SELECT ${owner(users)}, 'key-' || n, ${hash}, '{}', ${time(2)} FROM generate_series(1, ${rows}) AS n`,
  ]
  yield* Effect.forEach(statements, (statement) => sql.unsafe(statement).unprepared, { discard: true })
})

/** How many rows of each kind there are. */
const count = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  const [row] = yield* sql.unsafe<RemovedCounts>(`SELECT
    (SELECT count(*)::int FROM sessions) AS sessions,
    (SELECT count(*)::int FROM ended_sessions) + (SELECT count(*)::int FROM revoked_api_tokens) AS "revocations",
    (SELECT count(*)::int FROM refresh_tokens) AS "refreshTokens",
    (SELECT count(*)::int FROM api_tokens) AS "apiTokens",
    (SELECT count(*)::int FROM email_verifications) AS "emailVerifications",
    (SELECT count(*)::int FROM password_resets) AS "passwordResets",
    (SELECT count(*)::int FROM outgoing_emails) AS "outgoingEmails",
    (SELECT count(*)::int FROM tasks) AS tasks,
    (SELECT count(*)::int FROM categories) + (SELECT count(*)::int FROM task_categories) AS categories,
    (SELECT count(*)::int FROM changes WHERE op <> 'purged') AS changes,
    (SELECT count(*)::int FROM idempotency_records) AS "idempotencyRecords"`)
  expect(row).toBeDefined()
  return row as RemovedCounts
})

/** A process of its own on the same schema. */
const anotherProcess = Layer.unwrap(
  Effect.map(TestSchema, (schema) =>
    PostgresRepositories.layer.pipe(
      Layer.provide(clientOn({ maxConnections: 3 })),
      Layer.provide(Layer.succeed(TestSchema, schema)),
      Layer.fresh,
    ),
  ),
)

const sum = (runs: ReadonlyArray<RemovedCounts>, kind: keyof RemovedCounts) =>
  runs.reduce((total, run) => total + run[kind], 0)

describeOnPostgres("PostgresExpiredRecords", () => {
  layer(freshRepositories({ statementTimeoutMillis: 120_000 }), { excludeTestServices: true })((it) => {
    it.effect("removes all expired records once in three concurrent processes, and nothing else", () =>
      Effect.gen(function* () {
        yield* load(600, 6_000, 4)
        const first = yield* count
        const runs = yield* Effect.all(
          Array.from({ length: 3 }, () => Effect.provide(cleanUp(), anotherProcess)),
          { concurrency: "unbounded" },
        )
        const left = yield* count
        const kinds = Object.keys(first) as ReadonlyArray<keyof RemovedCounts>
        for (const kind of kinds) expect(sum(runs, kind), kind).toBe(first[kind] - left[kind])
        expect(left).toStrictEqual({
          // One in eight was revoked, one in four expired. The token of a revoked session is deleted with
          // it.
          sessions: 6_000 - 750 - 1_500,
          refreshTokens: 6_000 - 750 - 1_500,
          revocations: 4_500 + 4_500,
          apiTokens: 4_500,
          emailVerifications: 450,
          passwordResets: 450,
          outgoingEmails: 3_000,
          tasks: 4_500,
          categories: 4_500 + 3_000,
          changes: 4_500,
          idempotencyRecords: 4_500,
        })
        expect(Object.values(yield* cleanUp())).toStrictEqual(kinds.map(() => 0))
      }),
    )
  })

  layer(freshRepositories(), { excludeTestServices: true })((it) => {
    it.effect("lets one process at a time remove, and the next one after the unit has ended", () =>
      Effect.gen(function* () {
        const housekeeping = yield* ExpiredRecords
        const { atomically } = yield* UnitOfWork
        const before = {
          sessionsAndTokens: at(0),
          sentEmails: at(0),
          deadLetters: at(0),
          deletedTasks: at(0),
          changes: at(0),
          idempotencyRecords: at(0),
        }
        const [hasTurn, mayEnd] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
        const holder = yield* Effect.forkChild(
          atomically(
            Effect.gen(function* () {
              const removed = yield* housekeeping.removeBatch(before, 1, at(0))
              yield* Deferred.succeed(hasTurn, undefined)
              yield* Deferred.await(mayEnd)
              return removed
            }),
          ),
        )
        yield* Deferred.await(hasTurn)
        const attempt = Effect.gen(function* () {
          const theirs = yield* ExpiredRecords
          const unit = yield* UnitOfWork
          return yield* unit.atomically(theirs.removeBatch(before, 1, at(0)))
        }).pipe(Effect.provide(anotherProcess))
        expect(yield* attempt).toBeNull()
        yield* Deferred.succeed(mayEnd, undefined)
        expect(yield* Fiber.join(holder)).not.toBeNull()
        expect(yield* attempt).not.toBeNull()
      }),
    )
  })

  const share = 10
  layer(
    Layer.effectDiscard(Effect.orDie(Effect.andThen(load(4_000, 20_000, share), analyze))).pipe(
      Layer.provideMerge(freshRepositories({ statementTimeoutMillis: 120_000 })),
    ),
    { excludeTestServices: true },
  )("among 20,000 rows of each kind", (it) => {
    // Old records of idempotency keys are found by the summaries of pages, or by reading a few pages.
    const indexed = Object.entries(deletions).filter(([kind]) => kind !== "idempotencyRecords")
    it.effect.each(indexed)("finds the rows to remove through an index: %s", ([, statement]) =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        for (const before of [at(0), "9999-12-31T00:00:00.000Z"]) {
          const plan = yield* planOf(sql, statement.text, [before, 1_000])
          expect(plan, plan).not.toContain("Seq Scan")
        }
      }),
    )
  })
})

const analyze = Effect.flatMap(PgClient.PgClient, (sql) => sql`ANALYZE`)

/** Plans the statement with its values, as the cleanup does, without its execution. */
const planOf = Effect.fnUntraced(function* (sql: PgClient.PgClient, statement: string, parameters: Array<unknown>) {
  const rows = yield* sql.unsafe<{ readonly "QUERY PLAN": string }>(`EXPLAIN ${statement}`, parameters).unprepared
  return rows.map((row) => row["QUERY PLAN"]).join("\n")
})
