/** Holds the pages of task lists by cursor to few rows, from the first to the last, for one user with 10,000 tasks. */
import { PgClient } from "@effect/sql-pg"
import { expect, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { selectAfter } from "../../../adapters/postgres/PostgresTaskCursorQuery.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { CategoryId } from "../../../domain/categories/CategoryId.ts"
import type { Timestamp } from "../../../domain/shared/Timestamp.ts"
import type { TaskPriority } from "../../../domain/tasks/TaskFields.ts"
import type { TaskId } from "../../../domain/tasks/TaskId.ts"
import type { TaskPlace } from "../../../domain/tasks/TaskPlace.ts"
import { SortOrder, type TaskSelection, TaskSort } from "../../../domain/tasks/TaskQuery.ts"
import { at } from "../../support/entities.ts"
import { describeOnPostgres, repositoriesInOwnDatabase } from "../../support/postgres.ts"
import {
  expectNoSequentialScan,
  explain,
  explainPrepared,
  isSort,
  nodesOf,
  type Plan,
  rowsReadBy,
  vacuum,
} from "./QueryPlans.ts"

const tasksOfUser = 10_000
const tasksOfOthers = 100_000
const userId = UserId.make("00000000-0000-7000-8000-000000000000")
const categoryId = CategoryId.make("00000000-0000-7000-9000-000000000001")

/** One user with as many tasks as ten others have together. A quarter has no due date. */
const load = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  const statements = [
    `INSERT INTO accounts
      SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, n || '@example.com', 'Somebody', 'hash',
        true, now(), now()
      FROM generate_series(0, 100) AS n`,
    `INSERT INTO categories (user_id, id, name, created_at, version, updated_at)
      SELECT id, CASE id WHEN '${userId}' THEN '${categoryId}' ELSE id END, 'Common', now(), 1, now() FROM accounts`,
    `INSERT INTO tasks (user_id, id, title, status, priority, due_date, version, created_at, updated_at)
      SELECT
        ('00000000-0000-7000-8000-' || lpad(to_hex(CASE WHEN n <= ${tasksOfUser} THEN 0 ELSE 1 + n % 100 END), 12, '0'))::uuid,
        ('00000000-0000-7000-a000-' || lpad(to_hex(n), 12, '0'))::uuid,
        'Task ' || n,
        (CASE WHEN n % 2 = 0 THEN 'pending' ELSE 'completed' END)::task_status,
        (ARRAY['low', 'medium', 'high'])[1 + n % 3]::task_priority,
        CASE WHEN n % 4 = 0 THEN NULL ELSE timestamptz '${at(0)}' + (n * 7919 % 10000) * interval '1 minute' END,
        1,
        timestamptz '${at(0)}' - n * interval '1 minute',
        timestamptz '${at(0)}' - (n * 31 % 10000) * interval '1 second'
      FROM generate_series(1, ${tasksOfUser + tasksOfOthers}) AS n`,
    `INSERT INTO task_categories
      SELECT user_id, id, CASE user_id WHEN '${userId}' THEN '${categoryId}' ELSE user_id END FROM tasks
        WHERE abs(hashtext(id::text)) % 4 = 0`,
    "ANALYZE categories",
  ]
  yield* Effect.forEach(statements, (statement) => sql.unsafe(statement).unprepared, { discard: true })
  yield* vacuum("tasks")
  yield* vacuum("task_categories")
})

const columns = "id, created_at, updated_at, due_date, priority"

interface Row {
  readonly id: TaskId
  readonly created_at: Timestamp
  readonly updated_at: Timestamp
  readonly due_date: Timestamp | null
  readonly priority: TaskPriority
}

const count = 100

/** A page that is read in another way than the first one lies between others that are. So every ninth shows it. */
const explained = 9

/** Reads the whole list page by page. Returns the number of its tasks, and the plan of every ninth page. */
const plansOf = Effect.fnUntraced(function* (selection: TaskSelection, explainEach: typeof explain) {
  const sql = yield* PgClient.PgClient
  const plans: Array<Plan> = []
  let taskCount = 0
  let pages = 0
  let after: TaskPlace | null = null
  for (;;) {
    const query = selectAfter(columns, userId, selection, after, count)
    const rows: ReadonlyArray<Row> = yield* sql.unsafe<Row>(query.text, query.parameters)
    const last = rows.at(-1)
    taskCount += rows.length
    if (last === undefined || rows.length < count) return { taskCount, plans }
    if (pages++ % explained === 0) plans.push(yield* explainEach(query))
    after = { id: last.id, key: last[selection.sort] }
  }
})

/** The rows of tasks that the whole query reads. */
const rowsRead = (plan: Plan) => rowsReadBy(nodesOf(plan).filter((node) => node["Relation Name"] === "tasks"))
const blocksRead = (plan: Plan) => plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]

const orders = TaskSort.literals.flatMap((sort) => SortOrder.literals.map((order) => ({ sort, order })))

/** Only the time of the last change has no index, because every update would have to write it. */
const hasIndex = ({ sort }: { readonly sort: TaskSort }) => sort !== "updated_at"

/** Each with the share of the tasks that it selects. */
const filters = [
  { name: "a status", filter: { status: ["pending"] }, share: 1 / 2 },
  { name: "a priority", filter: { priority: ["high"] }, share: 1 / 3 },
  { name: "a category", filter: { categoryId }, share: 1 / 4 },
  { name: "a range of due dates", filter: { dueFrom: at(0) }, share: 3 / 4 },
] as const

describeOnPostgres("each page by cursor of 10,000 tasks of one user", () => {
  layer(
    Layer.effectDiscard(Effect.orDie(load)).pipe(
      Layer.provideMerge(repositoriesInOwnDatabase({ statementTimeoutMillis: 120_000 })),
    ),
  )((it) => {
    it.effect.each(orders.filter(hasIndex))(
      "is read from an index without filters, and reads no other task: $sort $order",
      (order) =>
        Effect.gen(function* () {
          for (const explainEach of [explain, explainPrepared]) {
            const { plans, taskCount } = yield* plansOf(order, explainEach)
            expect(taskCount).toBe(tasksOfUser)
            expect(plans.length).toBe(Math.ceil(tasksOfUser / count / explained))
            for (const plan of plans) {
              expect(rowsRead(plan), JSON.stringify(plan)).toBe(count)
              // A block a task, and the way down the index, twice.
              expect(blocksRead(plan), JSON.stringify(plan)).toBeLessThan(count + 20)
              expectNoSequentialScan(plan)
            }
          }
        }),
    )

    it.effect.each(orders.filter(hasIndex).flatMap((order) => filters.map((each) => ({ ...each, ...order }))))(
      "reads no more tasks than the first one, with $name: $sort $order",
      ({ filter, order, share, sort }) =>
        Effect.gen(function* () {
          const { plans, taskCount } = yield* plansOf({ ...filter, sort, order }, explain)
          expect(Math.abs(taskCount - tasksOfUser * share)).toBeLessThan(200)
          const [first] = plans.map(rowsRead)
          for (const plan of plans) {
            expect(rowsRead(plan), JSON.stringify(plan)).toBeLessThan((first ?? 0) * 2 + count)
            expectNoSequentialScan(plan)
          }
        }),
    )

    it.effect.each(orders.filter((each) => !hasIndex(each)))(
      "is selected from the user's tasks without sorting all of them: $sort $order",
      (order) =>
        Effect.gen(function* () {
          const { plans, taskCount } = yield* plansOf(order, explainPrepared)
          expect(taskCount).toBe(tasksOfUser)
          // The last pages have too few tasks before them to be selected from many.
          for (const plan of plans.slice(0, -1)) {
            const methods = nodesOf(plan).flatMap((node) => (isSort(node) ? [node["Sort Method"]] : []))
            expect(methods.toSorted(), JSON.stringify(plan)).toStrictEqual(["quicksort", "top-N heapsort"])
            expect(rowsRead(plan), JSON.stringify(plan)).toBeLessThanOrEqual(tasksOfUser + count)
            expectNoSequentialScan(plan)
          }
        }),
    )
  })
})
