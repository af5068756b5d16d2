/** The SQL that reads the present states for an undo, and carries out its steps; all values are parameters. */

import { isRestorable } from "./CategoryColumns.ts"
import { statement } from "./client/Statement.ts"
import { head, type RecordedWrite, recordedWrite } from "./RecordedWrite.ts"
import { fieldColumns, fieldType } from "./TaskColumns.ts"

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

const idsInJson = (ids: string) => `jsonb_build_object('category_ids', (
      SELECT coalesce(jsonb_agg(id ORDER BY id), '[]') FROM (${ids}) AS assigned (id)))`

const values = Object.keys(fieldColumns) as ReadonlyArray<keyof typeof fieldColumns>

/** Takes the task, the time and all fields. */
const setFields = `UPDATE tasks SET updated_at = $3, version = tasks.version + 1,
      ${values.map((field, index) => `${fieldColumns[field]} = $${index + 4}::${fieldType(field)}`).join(", ")}
    FROM head WHERE tasks.user_id = head.user_id AND tasks.id = $2
    RETURNING tasks.id, tasks.version`
const fieldParameters = 3 + values.length
const ids = `$${fieldParameters + 1}::uuid[]`

/** Takes the user, the task, the time and all fields. The task may be deleted. */
export const updateTask: RecordedWrite = recordedWrite({
  name: "tasks.undo_update",
  entity: "task",
  op: "updated",
  parameters: fieldParameters,
  parts: `${head}, written AS (
    ${setFields}
  )`,
  returning: "version",
})

const isAssignable = `(categories.deleted_at IS NULL OR ${isRestorable})`

/** As `updateTask`, and all category ids that the task gets. They may be deleted; one that was purged is left out. */
export const updateTaskAndCategories: RecordedWrite = recordedWrite({
  name: "tasks.undo_update_with_categories",
  entity: "task",
  op: "updated",
  parameters: fieldParameters + 1,
  parts: `${head}, written AS (
    ${setFields}
  ), removed AS (
    DELETE FROM task_categories USING written
    WHERE task_categories.user_id = $1 AND task_categories.task_id = written.id
      AND task_categories.category_id <> ALL (${ids})
  ), added AS (
    INSERT INTO task_categories (user_id, task_id, category_id)
    SELECT $1, written.id, categories.id FROM written, categories
    WHERE categories.user_id = $1 AND categories.id = ANY (${ids}) AND ${isAssignable}
    ON CONFLICT DO NOTHING
  )`,
  before: idsInJson("SELECT category_id FROM task_categories WHERE user_id = $1 AND task_id = $2"),
  after: idsInJson(`SELECT id FROM categories WHERE user_id = $1 AND id = ANY (${ids}) AND ${isAssignable}`),
  returning: "version",
})

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

/** Takes the thing and the time. */
const deleted = (table: "tasks" | "categories") => `${head}, written AS (
    UPDATE ${table} SET deleted_at = $3 FROM head
    WHERE ${table}.user_id = head.user_id AND ${table}.id = $2 AND deleted_at IS NULL
    RETURNING ${table}.id, ${table}.version
  )`
const restored = (table: "tasks" | "categories") => `${head}, written AS (
    UPDATE ${table} SET deleted_at = NULL, updated_at = $3, version = ${table}.version + 1 FROM head
    WHERE ${table}.user_id = head.user_id AND ${table}.id = $2 AND deleted_at IS NOT NULL
    RETURNING ${table}.id, ${table}.version
  )`

/** The moves to the trash and back, by the kind of thing. */
export const moves = {
  task: {
    deleted: recordedWrite({
      name: "tasks.undo_delete",
      entity: "task",
      op: "deleted",
      parameters: 3,
      parts: deleted("tasks"),
      returning: "version",
    }),
    restored: recordedWrite({
      name: "tasks.undo_restore",
      entity: "task",
      op: "restored",
      parameters: 3,
      parts: restored("tasks"),
      returning: "version",
    }),
  },
  category: {
    deleted: recordedWrite({
      name: "categories.undo_delete",
      entity: "category",
      op: "deleted",
      parameters: 3,
      parts: deleted("categories"),
      returning: "version",
    }),
    restored: recordedWrite({
      name: "categories.undo_restore",
      entity: "category",
      op: "restored",
      parameters: 3,
      parts: restored("categories"),
      returning: "version",
    }),
  },
} as const
