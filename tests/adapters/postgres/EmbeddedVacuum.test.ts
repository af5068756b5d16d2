/** Holds the embedded database to statistics of tables that grew, so that no list is planned as if it had one task. */
import { PgClient } from "@effect/sql-pg"
import { expect, it, layer } from "@effect/vitest"
import { Effect, Layer, Schedule } from "effect"
import { TestClock } from "effect/testing"
import { describe } from "vitest"
import { analyzeGrown } from "../../../adapters/postgres/embedded/EmbeddedVacuum.ts"
import * as PostgresRepositories from "../../../adapters/postgres/PostgresRepositories.ts"
import { selectPage } from "../../../adapters/postgres/PostgresTaskListQuery.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"
import type { CategoryId } from "../../../domain/categories/CategoryId.ts"
import { keepCategory, keepUser, makeQuery } from "../../support/entities.ts"
import { preparedDatabase } from "../../support/preparedFolder.ts"
import { explain, nodesOf, rowsReadBy } from "./QueryPlans.ts"

const tasks = 2_000
const store = PostgresRepositories.layer.pipe(Layer.provideMerge(preparedDatabase))

/** Stores tasks, half of them with the category. */
const addTasks = (userId: UserId, categoryId: CategoryId) =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    yield* sql`INSERT INTO tasks (user_id, id, title, status, priority, version, created_at, updated_at)
      SELECT ${userId}, gen_random_uuid(), 'Task ' || n, 'pending', 'low', 1, now(), now()
      FROM generate_series(1, ${tasks}::int) AS n`
    yield* sql`INSERT INTO task_categories (user_id, task_id, category_id)
      SELECT user_id, id, ${categoryId} FROM tasks WHERE user_id = ${userId} ORDER BY id LIMIT ${tasks / 2}`
  })

const rowsOfStatistics = (table: string) =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const [row] = yield* sql<{ rows: number }>`SELECT count(*)::int AS rows FROM pg_stats WHERE tablename = ${table}`
    return row?.rows ?? 0
  })

describe("the statistics of the embedded database", () => {
  layer(store, { excludeTestServices: true })((it) => {
    it.effect("are made of a table that grew, once, and let filters by category read each task a few times", () =>
      Effect.gen(function* () {
        const userId = yield* keepUser
        const { id: categoryId } = yield* keepCategory(userId)
        yield* addTasks(userId, categoryId)
        const rowsRead = (filter: object) =>
          Effect.map(explain(selectPage("id", userId, makeQuery({ categoryId, ...filter }))), (plan) =>
            rowsReadBy(nodesOf(plan)),
          )
        expect(yield* analyzeGrown).toStrictEqual(["public.task_categories", "public.tasks"])
        expect(yield* analyzeGrown).toStrictEqual([])
        // Without statistics, each list reads a task a thousand times.
        for (const filter of [{}, { status: ["pending"] }, { status: ["pending"], priority: ["low"] }]) {
          expect(yield* rowsRead(filter)).toBeLessThan(10 * tasks)
        }
      }),
    )
  })

  it.effect("are made within a second of many writes", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const { id: categoryId } = yield* keepCategory(userId)
      yield* addTasks(userId, categoryId)
      expect(yield* rowsOfStatistics("tasks")).toBe(0)
      yield* TestClock.adjust("1 second")
      yield* Effect.repeat(rowsOfStatistics("tasks"), { until: (rows) => rows > 0, schedule: Schedule.forever })
    }).pipe(Effect.provide(store)),
  )
})
