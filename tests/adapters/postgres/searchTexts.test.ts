/** Holds searches to rows without a search text: those of the version before, and of a server of it that still runs. */
import { PgClient } from "@effect/sql-pg"
import { expect, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import type { SqlClient } from "effect/sql"
import { describe } from "vitest"
import { addSearchText } from "../../../adapters/postgres/migrations/0009_search_text.ts"
import * as PostgresRepositories from "../../../adapters/postgres/PostgresRepositories.ts"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"
import { fold } from "../../../domain/tasks/SearchText.ts"
import { TaskDescription, TaskTitle } from "../../../domain/tasks/TaskFields.ts"
import type { TaskFilter } from "../../../domain/tasks/TaskFilter.ts"
import { changed, ids, type Stores } from "../../contracts/taskRepository/fixtures.ts"
import { at, cursorLimit, keepTask, keepUser, limit, makeQuery, page } from "../../support/entities.ts"
import { describeOnPostgres, repositoriesInOwnDatabase } from "../../support/postgres.ts"
import { preparedDatabase } from "../../support/preparedFolder.ts"

const where = (text: string): TaskFilter => ({ kind: "text", in: "any", text: fold(text) })

const find = (userId: UserId, text: string) =>
  Effect.gen(function* () {
    const tasks = yield* TaskRepository
    const byCursor = yield* tasks.listAfter(userId, makeQuery({ where: where(text) }), null, cursorLimit(200))
    const byNumber = yield* tasks.list(userId, makeQuery({ where: where(text), limit: limit(100) }))
    expect(byNumber.data).toStrictEqual(byCursor.data)
    expect(byNumber.total).toBe(byCursor.data.length)
    return ids(byCursor)
  })

/** Writes as a server of the version before: it raises the version, and knows no search text. */
const forget = (userId: UserId) =>
  Effect.flatMap(PgClient.PgClient, (sql) =>
    Effect.asVoid(sql`UPDATE tasks SET search_text = NULL, search_version = NULL WHERE user_id = ${userId}`),
  )

const missing = (userId: UserId) =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const [row] = yield* sql<{ count: number }>`
      SELECT count(*)::int AS count FROM tasks WHERE user_id = ${userId} AND search_version IS DISTINCT FROM version`
    return row?.count
  })

const migration = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  const userId = yield* keepUser
  const apples = yield* keepTask(userId, { title: TaskTitle.make("ÄPFEL kaufen"), description: null })
  const pears = yield* keepTask(userId, { title: TaskTitle.make("Buy PEARS"), createdAt: at(1) })
  const file = sql<{ file: string }>`SELECT relfilenode::text AS file FROM pg_class WHERE oid = 'tasks'::regclass`
  yield* sql`ALTER TABLE tasks DROP COLUMN search_text, DROP COLUMN search_version`
  const before = yield* file
  yield* sql.withTransaction(addSearchText)
  expect(yield* file).toStrictEqual(before)
  expect(yield* missing(userId)).toBe(2)
  expect([yield* find(userId, "pears"), yield* find(userId, "äpfel")]).toStrictEqual([[pears.id], [apples.id]])
})

const olderServer = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  const tasks = yield* TaskRepository
  const userId = yield* keepUser
  const task = yield* keepTask(userId, { title: TaskTitle.make("Äpfel kaufen"), description: null })
  yield* sql`UPDATE tasks SET title = 'Öl kaufen', version = version + 1 WHERE id = ${task.id}`
  expect([yield* find(userId, "öl"), yield* find(userId, "äpfel")]).toStrictEqual([[task.id], []])
  expect(yield* missing(userId)).toBe(0)

  // Only ASCII is left, and the old text must not be found.
  yield* sql`UPDATE tasks SET title = 'Buy oil', version = version + 1 WHERE id = ${task.id}`
  expect([yield* find(userId, "öl"), yield* find(userId, "OIL")]).toStrictEqual([[], [task.id]])

  // A change of another field by this version keeps the text, and so it keeps that the text is old.
  yield* sql`UPDATE tasks SET title = 'Süßes kaufen', version = version + 1 WHERE id = ${task.id}`
  const read = yield* tasks.get(userId, task.id)
  yield* tasks.update(read, changed(read, { status: "completed" }))
  const deleted = yield* tasks.delete(userId, task.id, at(9))
  yield* tasks.restore(deleted, changed(deleted.task))
  expect([yield* find(userId, "süß"), yield* find(userId, "oil")]).toStrictEqual([[task.id], []])

  const again = yield* tasks.get(userId, task.id)
  yield* tasks.update(again, changed(again, { description: TaskDescription.make("Käse") }))
  expect(yield* find(userId, "KÄSE")).toStrictEqual([task.id])
})

const many = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  const tasks = yield* TaskRepository
  const userId = yield* keepUser
  yield* keepTask(userId, { title: TaskTitle.make("Not like the others") })
  yield* sql`INSERT INTO tasks (user_id, id, title, status, priority, version, created_at, updated_at)
    SELECT ${userId}, gen_random_uuid(), 'Möhre ' || n, 'pending', 'low', 1, now(), now() FROM generate_series(1, 1501) AS n`
  const query = makeQuery({ where: where("MÖHRE"), page: page(16), limit: limit(100) })
  const listed = yield* tasks.list(userId, query)
  expect([listed.total, listed.data.length]).toStrictEqual([1501, 1])
  expect(yield* missing(userId)).toBe(0)
  expect((yield* tasks.list(userId, { ...query, page: page(1000) })).total).toBe(1501)
})

const beyondPage = Effect.gen(function* () {
  const tasks = yield* TaskRepository
  const userId = yield* keepUser
  for (let n = 0; n < 5; n++) {
    yield* keepTask(userId, { title: TaskTitle.make(n < 4 ? `Möhre ${n}` : "Übung"), createdAt: at(n) })
  }
  yield* forget(userId)
  // The row that does not match is on no page, and still has to be filled before the others are counted.
  const query = makeQuery({ where: where("möhre"), order: "asc", limit: limit(1) })
  expect((yield* tasks.list(userId, query)).total).toBe(4)
  yield* forget(userId)
  expect((yield* tasks.list(userId, { ...query, page: page(9) })).total).toBe(4)
  yield* forget(userId)
  const first = yield* tasks.listAfter(userId, query, null, cursorLimit(3))
  yield* forget(userId)
  const rest = yield* tasks.listAfter(userId, query, first.next, cursorLimit(3))
  expect([first.data.length, rest.data.length, rest.next]).toStrictEqual([3, 1, null])
})

const atOnce = Effect.gen(function* () {
  const tasks = yield* TaskRepository
  const userId = yield* keepUser
  const kept = yield* Effect.forEach([1, 2, 3, 4], (n) => keepTask(userId, { title: TaskTitle.make(`Möhre ${n}`) }))
  yield* forget(userId)
  const renames = kept.map((task, n) => tasks.update(task, changed(task, { title: TaskTitle.make(`Größe ${n}`) })))
  yield* Effect.all([...renames, find(userId, "möhre"), find(userId, "größe")].map(Effect.exit), {
    concurrency: "unbounded",
  })
  expect([(yield* find(userId, "größe")).length, yield* find(userId, "möhre")]).toStrictEqual([4, []])
})

const suite = (repositories: Layer.Layer<Stores | PgClient.PgClient | SqlClient.SqlClient, unknown>) =>
  layer(repositories, { excludeTestServices: true })((it) => {
    it.effect("finds the rows of a migrated database, of which the migration rewrote none", () => migration)
    it.effect("finds the text that an older server wrote, and not the one before it", () => olderServer)
    it.effect("fills as many rows as there are, and counts what is found", () => many)
    it.effect("fills rows that are on no page of it", () => beyondPage)
    it.effect("and other writers of the same rows do not disturb each other", () => atOnce)
  })

describe("a search in the embedded database", () => {
  suite(PostgresRepositories.layer.pipe(Layer.provideMerge(preparedDatabase)))
})

describeOnPostgres("a search in PostgreSQL", () => {
  suite(repositoriesInOwnDatabase())
})
