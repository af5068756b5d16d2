/** Holds the plans of task lists to few rows, for one user with 100,000 tasks. */
import { PgClient } from "@effect/sql-pg"
import { expect, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { countAll, selectPage } from "../../../adapters/postgres/PostgresTaskListQuery.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { CategoryId } from "../../../domain/categories/CategoryId.ts"
import { PageLimit, PageNumber } from "../../../domain/shared/Page.ts"
import { SortOrder, type TaskQuery, TaskSort } from "../../../domain/tasks/TaskQuery.ts"
import { at, makeQuery } from "../../support/entities.ts"
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

const tasksOfUser = 100_000
const tasksOfOthers = 100_000
const userId = UserId.make("00000000-0000-7000-8000-000000000000")
const commonCategoryId = CategoryId.make("00000000-0000-7000-9000-000000000001")
const rareCategoryId = CategoryId.make("00000000-0000-7000-9000-000000000002")

/** One user with as many tasks as a hundred others have together. One task in a thousand is in progress. */
const load = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  const statements = [
    `INSERT INTO accounts
      SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, n || '@example.com', 'Somebody', 'hash',
        true, now(), now()
      FROM generate_series(0, 100) AS n`,
    `INSERT INTO categories (user_id, id, name, created_at, version, updated_at) VALUES
      ('${userId}', '${commonCategoryId}', 'Common', now(), 1, now()),
      ('${userId}', '${rareCategoryId}', 'Rare', now(), 1, now())`,
    `INSERT INTO tasks (user_id, id, title, status, priority, due_date, version, created_at, updated_at)
      SELECT
        ('00000000-0000-7000-8000-' || lpad(to_hex(CASE WHEN n <= ${tasksOfUser} THEN 0 ELSE 1 + n % 100 END), 12, '0'))::uuid,
        ('00000000-0000-7000-a000-' || lpad(to_hex(n), 12, '0'))::uuid,
        'Task ' || n,
        (CASE WHEN n % 1000 = 0 THEN 'in_progress' WHEN n % 2 = 0 THEN 'pending' ELSE 'completed' END)::task_status,
        (ARRAY['low', 'medium', 'high'])[1 + n % 3]::task_priority,
        CASE WHEN n % 4 = 0 THEN NULL ELSE timestamptz '${at(0)}' + (n * 7919 % 100000) * interval '1 minute' END,
        1,
        timestamptz '${at(0)}' - n * interval '1 minute',
        timestamptz '${at(0)}' - (n * 31 % 100000) * interval '1 second'
      FROM generate_series(1, ${tasksOfUser + tasksOfOthers}) AS n`,
    `INSERT INTO categories (user_id, id, name, created_at, version, updated_at)
      SELECT id, id, 'Common', now(), 1, now() FROM accounts WHERE id <> '${userId}'`,
    `INSERT INTO task_categories
      SELECT user_id, id, CASE user_id WHEN '${userId}' THEN '${commonCategoryId}' ELSE user_id END FROM tasks
        WHERE abs(hashtext(id::text)) % 10 = 0
      UNION ALL
      SELECT user_id, id, '${rareCategoryId}' FROM tasks
        WHERE user_id = '${userId}' AND abs(hashtext(id::text)) % 5000 = 1`,
    "ANALYZE categories",
  ]
  yield* Effect.forEach(statements, (statement) => sql.unsafe(statement).unprepared, { discard: true })
  yield* vacuum("tasks")
  yield* vacuum("task_categories")
})

/** The nodes that find the page's tasks, without those that count the whole list and those that read categories. */
const pageNodesOf = (plan: Plan): ReadonlyArray<Plan> => [
  plan,
  ...(plan.Plans ?? [])
    .filter((child) => child["Parent Relationship"] !== "InitPlan" && child["Parent Relationship"] !== "SubPlan")
    .flatMap(pageNodesOf),
]

/** How many rows the plan reads to find the page. */
const rowsRead = (plan: Plan) => rowsReadBy(pageNodesOf(plan))

const orders = TaskSort.literals.flatMap((sort) => SortOrder.literals.map((order) => ({ sort, order })))

/** Only the time of the last change has no index, because every update would have to write it. */
const hasIndex = ({ sort }: { readonly sort: TaskSort }) => sort !== "updated_at"

const explainPage = (query: TaskQuery, columns = "id, title") => explain(selectPage(columns, userId, query))
const explainPreparedPage = (query: TaskQuery) => explainPrepared(selectPage("id, title", userId, query))

/** Read for each task, as its categories are. */
const categoryCount = `(SELECT count(*) FROM task_categories AS assignment
  WHERE assignment.user_id = tasks.user_id AND assignment.task_id = tasks.id) AS categories`

interface PageRow {
  readonly id: string
  readonly total: number
}

const common: { readonly [name: string]: Partial<TaskQuery> } = {
  "a common status": { status: ["pending"] },
  "a priority": { priority: ["high"] },
  "a common category": { categoryId: commonCategoryId },
  "a wide range of due dates": { dueFrom: at(0) },
  "all filters": { status: ["pending"], priority: ["high"], categoryId: commonCategoryId, dueTo: at(86_400 * 60) },
}

const rare: { readonly [name: string]: Partial<TaskQuery> } = {
  "a rare status": { status: ["in_progress"] },
  "a rare category": { categoryId: rareCategoryId },
  "a narrow range of due dates": { dueFrom: at(0), dueTo: at(3600) },
}

const pairs = (filters: { readonly [name: string]: Partial<TaskQuery> }) =>
  Object.entries(filters).flatMap(([name, filter]) => orders.map((order) => ({ name, filter, ...order })))

describeOnPostgres("the first page of 100,000 tasks of one user", () => {
  layer(
    Layer.effectDiscard(Effect.orDie(load)).pipe(
      Layer.provideMerge(repositoriesInOwnDatabase({ statementTimeoutMillis: 120_000 })),
    ),
  )((it) => {
    it.effect.each(orders.filter(hasIndex))("is read from an index without filters: $sort $order", ({ sort, order }) =>
      Effect.gen(function* () {
        const query = makeQuery({ sort, order })
        for (const plan of [yield* explainPage(query), yield* explainPreparedPage(query)]) {
          expect(pageNodesOf(plan).some(isSort), JSON.stringify(plan)).toBe(false)
          expect(rowsRead(plan), JSON.stringify(plan)).toBe(query.limit)
          expectNoSequentialScan(plan)
        }
      }),
    )

    it.effect.each(orders.filter((each) => !hasIndex(each)))(
      "is selected from the user's tasks without sorting all of them: $sort $order",
      ({ sort, order }) =>
        Effect.gen(function* () {
          const query = makeQuery({ sort, order })
          const plan = yield* explainPreparedPage(query)
          // The ids of the page are selected from all, and then its tasks are sorted.
          const methods = nodesOf(plan).flatMap((node) => (isSort(node) ? [node["Sort Method"]] : []))
          expect(methods.toSorted(), JSON.stringify(plan)).toStrictEqual(["quicksort", "top-N heapsort"])
          expectNoSequentialScan(plan)
        }),
    )

    it.effect.each(pairs(common).filter(hasIndex))(
      "is read from the order's index with $name: $sort $order",
      ({ filter, sort, order }) =>
        Effect.gen(function* () {
          const plan = yield* explainPage(makeQuery({ ...filter, sort, order }))
          expect(pageNodesOf(plan).some(isSort), JSON.stringify(plan)).toBe(false)
          expect(rowsRead(plan), JSON.stringify(plan)).toBeLessThan(tasksOfUser / 20)
          expectNoSequentialScan(plan)
        }),
    )

    it.effect.each(pairs(rare))("is read from the filter's index with $name: $sort $order", ({ filter, sort, order }) =>
      Effect.gen(function* () {
        const plan = yield* explainPage(makeQuery({ ...filter, sort, order }))
        expect(rowsRead(plan), JSON.stringify(plan)).toBeLessThan(250)
        expectNoSequentialScan(plan)
      }),
    )

    const later = [2, 50, 900].flatMap((page) => orders.map((order) => ({ ...order, page: PageNumber.make(page) })))
    it.effect.each(later)(
      "is followed by pages that read no more than their own tasks: $page by $sort $order",
      (place) =>
        Effect.gen(function* () {
          const query = makeQuery({ ...place, limit: PageLimit.make(place.page === 900 ? 100 : 20) })
          const plan = yield* explainPage(query, `id, ${categoryCount}`)
          const lookups = nodesOf(plan).filter((node) => node["Parent Relationship"] === "SubPlan")
          expect(lookups.length, JSON.stringify(plan)).toBeGreaterThan(0)
          for (const lookup of lookups) expect(lookup["Actual Loops"], JSON.stringify(plan)).toBe(query.limit)
        }),
    )

    it.effect("has the total of a category from its assignments, without a look at each task", () =>
      Effect.gen(function* () {
        const query = makeQuery({ categoryId: commonCategoryId })
        const plan = yield* explain(countAll(userId, query))
        const ofTasks = nodesOf(plan).filter((node) => node["Relation Name"] === "tasks")
        expect(rowsReadBy(ofTasks), JSON.stringify(plan)).toBe(0)
        expectNoSequentialScan(plan)
      }),
    )

    it.effect.each(orders.filter(hasIndex))(
      "is followed by pages with the tasks that a near page would have: $sort $order",
      (order) =>
        Effect.gen(function* () {
          const sql = yield* PgClient.PgClient
          for (const filter of [{}, { status: ["pending"], categoryId: commonCategoryId } as const]) {
            const query = makeQuery({ ...filter, ...order, page: PageNumber.make(30), limit: PageLimit.make(100) })
            const deep = selectPage("id", userId, query)
            const near = selectPage("id", userId, { ...query, page: PageNumber.make(1) })
            expect(deep.text).not.toBe(near.text)
            const rows = yield* sql.unsafe<PageRow>(deep.text, deep.parameters)
            expect(rows.length).toBe(query.limit)
            expect(rows).toStrictEqual(yield* sql.unsafe<PageRow>(near.text, deep.parameters))
          }
        }),
    )
  })
})
