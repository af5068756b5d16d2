/**
 * Fills the search texts that rows lack, with the domain's own function. A search does it when it meets such a row. So the
 * migration rewrites no table, and a search finds what an older server wrote that still runs.
 */
import { Effect } from "effect"
import type { UserId } from "../../domain/accounts/UserId.ts"
import type { TaskId } from "../../domain/tasks/TaskId.ts"
import type { PostgresStatements } from "./client/PostgresStatements.ts"
import { statement } from "./client/Statement.ts"
import { head } from "./RecordedWrite.ts"
import { isUnfilled, searchColumnOf } from "./SearchColumns.ts"
import type { TaskRow } from "./TaskColumns.ts"

/** How many rows are filled at once: at most a few megabytes of text. */
const rowsAtOnce = 500

type UnfilledRow = Pick<TaskRow, "id" | "version" | "title" | "description">

const selectUnfilled = statement(
  "tasks.select_unfilled",
  `SELECT id, version, title, description FROM tasks
  WHERE user_id = $1 AND deleted_at IS NULL AND id > $2 AND ${isUnfilled}
  ORDER BY id LIMIT ${rowsAtOnce}`,
)

/** Locks as every write of tasks does. A row that was written meanwhile is left to the next search. */
const fill = statement(
  "tasks.fill_search_text",
  `WITH ${head}, filled AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset($2::jsonb) AS filled (id uuid, version integer, search_text text)
  )
  UPDATE tasks SET search_text = filled.search_text, search_version = filled.version FROM head, filled
  WHERE tasks.user_id = head.user_id AND tasks.id = filled.id AND tasks.version = filled.version`,
)

const beforeAll = "00000000-0000-0000-0000-000000000000"

/** Returns the function that fills the search texts of all tasks of a user. It holds few rows, and stops at no limit. */
export const fillSearchTexts = (database: PostgresStatements) =>
  Effect.fn("fillSearchTexts")(function* (userId: UserId) {
    let after: TaskId | typeof beforeAll = beforeAll
    for (;;) {
      const rows: ReadonlyArray<UnfilledRow> = yield* database.read<UnfilledRow>(selectUnfilled, [userId, after])
      const last = rows.at(-1)
      if (last === undefined) return
      const filled = rows.map((row) => ({ id: row.id, version: row.version, search_text: searchColumnOf(row) }))
      yield* database.write(fill, [userId, JSON.stringify(filled)])
      after = last.id
    }
  })
