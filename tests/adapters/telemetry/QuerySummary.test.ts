/** Holds the summaries of statements to operations and tables, without any value. */
import { expect, it } from "vitest"
import * as TaskStatements from "../../../adapters/postgres/TaskStatements.ts"
import { querySummary } from "../../../adapters/telemetry/tracing/QuerySummary.ts"

it.each([
  ["SELECT 1", "SELECT"],
  ["BEGIN", "BEGIN"],
  ["", ""],
  ["SELECT id FROM accounts WHERE id = $1 FOR NO KEY UPDATE", "SELECT accounts"],
  ["select * from only accounts where note = 'DELETE ME'", "SELECT accounts"],
  ["INSERT INTO a (x) VALUES ($1) ON CONFLICT (x) DO UPDATE SET x = $2", "INSERT a"],
  ["INSERT INTO a SELECT b.x FROM b JOIN c ON b.x IS NOT DISTINCT FROM c.x", "INSERT a SELECT b c"],
  ["DELETE FROM a WHERE id = ANY (SELECT id FROM unnest($1::uuid[]))", "DELETE a"],
  ["WITH old AS MATERIALIZED (SELECT x FROM a) UPDATE b SET x = old.x FROM old", "SELECT a UPDATE b"],
  [TaskStatements.selectById.text, "SELECT task_categories categories tasks"],
  [TaskStatements.update.named.alone.text, "SELECT change_heads UPDATE tasks UPDATE change_heads INSERT changes"],
  [
    TaskStatements.updateWithCategories.named.alone.text,
    "SELECT change_heads SELECT categories UPDATE tasks DELETE task_categories INSERT task_categories UPDATE change_heads INSERT changes SELECT task_categories SELECT task_categories",
  ],
])("%s is summarized as %s", (text, summary) => {
  expect(querySummary(text)).toBe(summary)
  expect(querySummary(text)).toBe(summary)
})

it("a summary has at most 255 characters", () => {
  const tables = Array.from({ length: 100 }, (_, index) => `JOIN table_${index} USING (id)`)
  expect(querySummary(`SELECT FROM a ${tables.join(" ")}`)).toHaveLength(255)
})
