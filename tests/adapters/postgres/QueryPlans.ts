/** Reads the plans of queries, so that tests can hold them to few rows. */
import { PgClient } from "@effect/sql-pg"
import { expect } from "@effect/vitest"
import { Effect } from "effect"
import type { QueryText } from "../../../adapters/postgres/PostgresTaskListQuery.ts"
import { expectPresent } from "../../support/narrowing.ts"

/** A node of a plan, as `EXPLAIN` describes it. */
export interface Plan {
  readonly "Node Type": string
  readonly "Parent Relationship"?: string
  readonly "Relation Name"?: string
  readonly "Actual Rows": number
  readonly "Actual Loops": number
  readonly "Rows Removed by Filter"?: number
  readonly "Shared Hit Blocks": number
  readonly "Shared Read Blocks": number
  readonly "Sort Method"?: string
  readonly Plans?: ReadonlyArray<Plan>
}

interface ExplainRow {
  readonly "QUERY PLAN": readonly [{ readonly Plan: Plan }]
}

const explainText = "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON)"

const planIn = (rows: ReadonlyArray<ExplainRow>): Plan => {
  const plan = rows[0]?.["QUERY PLAN"][0].Plan
  expectPresent(plan)
  return plan
}

/** Returns the node and all below it. */
export const nodesOf = (plan: Plan): ReadonlyArray<Plan> => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)]

export const isSort = (node: Plan): boolean => node["Node Type"].includes("Sort")

/** Returns how many rows the scans among the nodes read. */
export const rowsReadBy = (nodes: ReadonlyArray<Plan>): number =>
  nodes
    .filter((node) => node["Node Type"].includes("Scan"))
    .map((node) => node["Actual Loops"] * (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)))
    .reduce((sum, rows) => sum + rows, 0)

/** Plans the query with its values, as for a filtered list of a user with many tasks. */
export const explain = Effect.fnUntraced(function* ({ parameters, text }: QueryText) {
  const sql = yield* PgClient.PgClient
  return planIn(yield* sql.unsafe<ExplainRow>(`${explainText} ${text}`, parameters))
})

/** Plans the query without its values, once for all users, as for a list without filters. */
export const explainPrepared = Effect.fnUntraced(function* ({ parameters, text }: QueryText) {
  const sql = yield* PgClient.PgClient
  const values = parameters.map((value) => (typeof value === "number" ? String(value) : `'${value}'`))
  return yield* sql.withTransaction(
    Effect.gen(function* () {
      yield* sql`SET LOCAL plan_cache_mode = force_generic_plan`
      yield* sql.unsafe(`PREPARE list AS ${text}`)
      const rows = yield* sql.unsafe<ExplainRow>(`${explainText} EXECUTE list (${values.join(", ")})`)
      yield* sql`DEALLOCATE list`
      return planIn(rows)
    }),
  )
})

export const expectNoSequentialScan = (plan: Plan): void =>
  expect(
    // There are few categories, and the one of the filter is looked up in any way.
    nodesOf(plan).some((node) => node["Node Type"] === "Seq Scan" && node["Relation Name"] !== "categories"),
    JSON.stringify(plan),
  ).toBe(false)

/** Vacuums until all pages are visible to all. A connection that another test opens can keep a vacuum from marking them. */
export const vacuum = Effect.fnUntraced(function* (table: string) {
  const sql = yield* PgClient.PgClient
  const marksAll = Effect.gen(function* () {
    yield* sql.unsafe(`VACUUM (ANALYZE) ${table}`).unprepared
    const [pages] = yield* sql<{ marked: boolean }>`
      SELECT relallvisible = relpages AS marked FROM pg_class WHERE oid = ${table}::regclass`
    return pages?.marked === true
  })
  for (let attempt = 0; attempt < 20; attempt++) if (yield* marksAll) return
})
