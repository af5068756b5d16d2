/**
 * The SQL of tasks as constant texts, built from the columns when the module loads; all values are parameters. The SQL
 * of lists is in `PostgresTaskListQuery.ts`.
 */
import { statement } from "./client/Statement.ts"
import { assignments, columnNames, parameterAfter, typedParameters } from "./TaskColumns.ts"

// In JSON a time is text, so it gets the form that the type registry gives to columns.
export const columns = `${columnNames}, (
    SELECT json_agg(json_build_object('id', category.id, 'name', category.name, 'color', category.color, 'created_at',
      to_char(category.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) ORDER BY category.name)
    FROM task_categories AS assignment
    JOIN categories AS category ON category.user_id = assignment.user_id AND category.id = assignment.category_id
    WHERE assignment.user_id = tasks.user_id AND assignment.task_id = tasks.id
  ) AS categories`

export const insert = statement(
  "tasks.insert",
  `INSERT INTO tasks (${columnNames})
  VALUES (${typedParameters})`,
)

const [first, second, third] = [parameterAfter(1), parameterAfter(2), parameterAfter(3)]

/** Takes the ids of the categories after the task. As `updateWithCategories`, it writes nothing if one is missing. */
export const insertWithCategories = statement(
  "tasks.insert_with_categories",
  `WITH wanted AS (
    SELECT id FROM categories WHERE user_id = $1 AND id = ANY (${first}::uuid[]) FOR KEY SHARE
  ), made AS (
    INSERT INTO tasks (${columnNames})
    SELECT ${typedParameters}
    WHERE (SELECT count(*) FROM wanted) = cardinality(${first}::uuid[])
    RETURNING user_id, id
  )
  INSERT INTO task_categories (user_id, task_id, category_id)
  SELECT made.user_id, made.id, wanted.id FROM made, wanted`,
)

export const selectById = statement(
  "tasks.select_by_id",
  `SELECT ${columns} FROM tasks WHERE user_id = $1 AND id = $2 AND deleted_at IS NULL`,
)

export const lockById = statement(
  "tasks.lock_by_id",
  "SELECT FROM tasks WHERE user_id = $1 AND id = $2 AND deleted_at IS NULL FOR UPDATE",
)

export const selectDeletedById = statement(
  "tasks.select_deleted_by_id",
  `SELECT deleted_at, ${columns} FROM tasks
  WHERE user_id = $1 AND id = $2 AND deleted_at IS NOT NULL`,
)

export const exists = statement(
  "tasks.exists",
  "SELECT EXISTS (SELECT FROM tasks WHERE id = $1 AND deleted_at IS NULL) AS exists",
)

/** Takes the version before the update after the task. */
export const update = statement(
  "tasks.update",
  `UPDATE tasks SET ${assignments}
  WHERE user_id = $1 AND id = $2 AND version = ${first} AND deleted_at IS NULL`,
)

/**
 * Takes the version before the update, and the ids of the added and of the removed categories. If an added category no
 * longer exists, the statement writes nothing. (A foreign-key error would abort the surrounding transaction.) The
 * categories found stay locked until the end of the transaction.
 */
export const updateWithCategories = statement(
  "tasks.update_with_categories",
  `WITH wanted AS (
    SELECT id FROM categories WHERE user_id = $1 AND id = ANY (${second}::uuid[]) FOR KEY SHARE
  ), updated AS (
    ${update.text} AND (SELECT count(*) FROM wanted) = cardinality(${second}::uuid[]) RETURNING user_id, id
  ), removed AS (
    DELETE FROM task_categories USING updated
    WHERE task_categories.user_id = $1 AND task_categories.task_id = updated.id
      AND task_categories.category_id = ANY (${third}::uuid[])
  ), added AS (
    INSERT INTO task_categories (user_id, task_id, category_id)
    SELECT updated.user_id, updated.id, wanted.id FROM updated, wanted
  )
  SELECT FROM updated`,
)

export const selectMissingCategory = statement(
  "tasks.select_missing_category",
  `SELECT wanted.id FROM unnest($2::uuid[]) AS wanted (id)
  WHERE NOT EXISTS (SELECT FROM categories WHERE user_id = $1 AND categories.id = wanted.id)
  LIMIT 1`,
)

const markDeletedIf = (condition: string) => `UPDATE tasks SET deleted_at = $3
  WHERE user_id = $1 AND id = $2 AND deleted_at IS NULL${condition}
  RETURNING ${columns}`

export const markDeleted = statement("tasks.mark_deleted", markDeletedIf(""))

export const markVersionDeleted = statement(
  "tasks.mark_version_deleted",
  markDeletedIf(" AND version = ANY ($4::integer[])"),
)

export const restore = statement(
  "tasks.restore",
  `UPDATE tasks SET ${assignments}, deleted_at = NULL
  WHERE user_id = $1 AND id = $2 AND deleted_at IS NOT NULL`,
)
