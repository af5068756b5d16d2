/** The SQL that reads the present states for an undo, and carries out its steps for categories; all values are parameters. */

import { isRestorable } from "./CategoryColumns.ts"
import { statement } from "./client/Statement.ts"
import { head, type RecordedWrite, recordedWrite } from "./RecordedWrite.ts"
import { fieldColumns } from "./TaskColumns.ts"

const assignedTo = (task: string) => `(
    SELECT coalesce(array_agg(category_id ORDER BY category_id), '{}') FROM task_categories
    WHERE user_id = $1 AND task_id = ${task}
  )`

const taskFields = Object.values(fieldColumns)

export const selectTaskStates = statement(
  "tasks.select_states",
  `SELECT id, version, deleted_at IS NOT NULL AS is_deleted, ${taskFields.join(", ")},
    ${assignedTo("tasks.id")} AS category_ids
  FROM tasks WHERE user_id = $1 AND id = ANY ($2::uuid[])`,
)

export const selectCategoryStates = statement(
  "categories.select_states",
  `SELECT id, version, deleted_at IS NOT NULL AS is_deleted, name, color
  FROM categories WHERE user_id = $1 AND (deleted_at IS NULL OR (id = ANY ($2::uuid[]) AND ${isRestorable}))`,
)

/** Takes the categories and the limit for each. */
export const selectUsers = statement(
  "categories.select_users",
  `SELECT wanted.id AS category_id, used.task_id
  FROM unnest($2::uuid[]) AS wanted (id)
  CROSS JOIN LATERAL (
    SELECT task_id FROM task_categories AS assignment
    JOIN tasks ON tasks.user_id = assignment.user_id AND tasks.id = assignment.task_id AND tasks.deleted_at IS NULL
    WHERE assignment.user_id = $1 AND assignment.category_id = wanted.id
    LIMIT $3
  ) AS used`,
)

/** Takes the category, the time, the name and the color. The category may be deleted. */
export const updateCategory: RecordedWrite = recordedWrite({
  name: "categories.undo_update",
  entity: "category",
  op: "updated",
  parameters: 5,
  parts: `${head}, written AS (
    UPDATE categories SET updated_at = $3, version = categories.version + 1, name = $4, color = $5
    FROM head WHERE categories.user_id = head.user_id AND categories.id = $2
    RETURNING categories.id, categories.version
  )`,
  returning: "version",
})

/** The moves of a category to the trash and back. They take the category and the time. */
export const moves = {
  deleted: recordedWrite({
    name: "categories.undo_delete",
    entity: "category",
    op: "deleted",
    parameters: 3,
    parts: `${head}, written AS (
    UPDATE categories SET deleted_at = $3 FROM head
    WHERE categories.user_id = head.user_id AND categories.id = $2 AND deleted_at IS NULL
    RETURNING categories.id, categories.version
  )`,
    returning: "version",
  }),
  restored: recordedWrite({
    name: "categories.undo_restore",
    entity: "category",
    op: "restored",
    parameters: 3,
    parts: `${head}, written AS (
    UPDATE categories SET deleted_at = NULL, updated_at = $3, version = categories.version + 1 FROM head
    WHERE categories.user_id = head.user_id AND categories.id = $2 AND deleted_at IS NOT NULL
    RETURNING categories.id, categories.version
  )`,
    returning: "version",
  }),
} as const
