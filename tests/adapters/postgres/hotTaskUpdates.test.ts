/** Holds updates of tasks to PostgreSQL's HOT form, which writes no index, and the migration to it to the rows it finds. */
import { PgClient } from "@effect/sql-pg"
import { expect, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import type { SqlClient } from "effect/sql"
import { describe } from "vitest"
import { makeTaskUpdatesHot } from "../../../adapters/postgres/migrations/0007_hot_task_updates.ts"
import * as PostgresRepositories from "../../../adapters/postgres/PostgresRepositories.ts"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import { TaskDescription, TaskTitle } from "../../../domain/tasks/TaskFields.ts"
import { changed, type Stores } from "../../contracts/taskRepository/fixtures.ts"
import { at, keepCategory, keepTask, keepUser, makeQuery } from "../../support/entities.ts"
import { describeOnPostgres, repositoriesInOwnDatabase } from "../../support/postgres.ts"
import { preparedDatabase } from "../../support/preparedFolder.ts"

/** The counters of updates of tasks. A connection flushes its own when it is told to, and at most once a second else. */
const updatesOfTasks = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  yield* sql`SELECT pg_stat_force_next_flush()`
  const [counters] = yield* sql<{ all: number; hot: number }>`
    SELECT n_tup_upd::int AS all, n_tup_hot_upd::int AS hot FROM pg_stat_user_tables WHERE relname = 'tasks'`
  return counters ?? { all: 0, hot: 0 }
})

const describeTable = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  const [table] = yield* sql<{ file: string; options: ReadonlyArray<string> | null }>`
    SELECT relfilenode::text AS file, reloptions AS options FROM pg_class WHERE oid = 'tasks'::regclass`
  const indexes = yield* sql<{ name: string }>`
    SELECT indexname AS name FROM pg_indexes WHERE tablename = 'tasks' ORDER BY indexname`
  return { ...table, indexes: indexes.map(({ name }) => name) }
})

/** Few enough tasks that the room of their page is enough for all updates, even if no old row can be removed yet. */
const tasksOnAPage = 10

const updates = Effect.gen(function* () {
  const tasks = yield* TaskRepository
  const userId = yield* keepUser
  const category = yield* keepCategory(userId)
  const before = yield* updatesOfTasks
  for (let n = 0; n < tasksOnAPage; n++) {
    const task = yield* keepTask(userId)
    const renamed = { ...changed(task, { title: TaskTitle.make(`Task ${n}`) }), updatedAt: at(1) }
    yield* tasks.update(task, renamed)
    const described = { ...changed(renamed, { description: TaskDescription.make("Täglich.") }), updatedAt: at(2) }
    yield* tasks.update(renamed, described)
    const assigned = { ...changed(described, { categories: [category] }), updatedAt: at(3) }
    yield* tasks.update(described, assigned)
  }
  const after = yield* updatesOfTasks
  expect({ all: after.all - before.all, hot: after.hot - before.hot }).toStrictEqual({
    all: 3 * tasksOnAPage,
    hot: 3 * tasksOnAPage,
  })
})

const indexes = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  const written = yield* sql`
    SELECT indexname FROM pg_indexes WHERE tablename = 'tasks' AND indexdef ~ '\\m(version|updated_at|search_text|search_version)\\M'`
  expect(written).toStrictEqual([])
})

const migration = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  const tasks = yield* TaskRepository
  const userId = yield* keepUser
  for (let n = 0; n < 3; n++) yield* keepTask(userId, { updatedAt: at((n * 7) % 3) })
  const list = tasks.list(userId, makeQuery({ sort: "updated_at", order: "asc" }))
  const [migrated, listed] = [yield* describeTable, yield* list]
  expect(migrated.options).toStrictEqual(["fillfactor=80"])

  yield* sql`ALTER TABLE tasks RESET (fillfactor)`
  yield* sql`CREATE INDEX tasks_by_updated_at ON tasks (user_id, updated_at, id) WHERE deleted_at IS NULL`
  const before = yield* describeTable
  expect(yield* list).toStrictEqual(listed)
  yield* sql.withTransaction(makeTaskUpdatesHot)
  expect(before.indexes).toContain("tasks_by_updated_at")
  // The same file: no row was rewritten.
  expect(yield* describeTable).toStrictEqual(migrated)
  expect(yield* list).toStrictEqual(listed)
})

const suite = (repositories: Layer.Layer<Stores | PgClient.PgClient | SqlClient.SqlClient, unknown>) =>
  layer(repositories, { excludeTestServices: true })((it) => {
    it.effect("write no index if they change the text or the categories", () => updates)
    it.effect("find no index of a column that all of them change", () => indexes)
    it.effect("get room in their pages by a migration that rewrites no row", () => migration)
  })

describe("updates of tasks in the embedded database", () => {
  suite(PostgresRepositories.layer.pipe(Layer.provideMerge(preparedDatabase)))
})

describeOnPostgres("updates of tasks", () => {
  // The counters are those of one connection, which flushes them.
  suite(repositoriesInOwnDatabase({ maxConnections: 1 }))
})
