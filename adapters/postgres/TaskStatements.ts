/** The SQL of tasks as constant texts; all values are parameters. The SQL of lists is in `PostgresTaskListQuery.ts`. */

// In JSON a time is text, so it gets the form that the type registry gives to columns.
export const columns = `id, user_id, title, description, status, priority, due_date, version, created_at, updated_at, (
    SELECT json_agg(json_build_object('id', category.id, 'name', category.name, 'color', category.color, 'created_at',
      to_char(category.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) ORDER BY category.name)
    FROM task_categories AS assignment
    JOIN categories AS category ON category.user_id = assignment.user_id AND category.id = assignment.category_id
    WHERE assignment.user_id = tasks.user_id AND assignment.task_id = tasks.id
  ) AS categories`

export const insert = `INSERT INTO tasks
  (user_id, id, title, description, status, priority, due_date, version, created_at, updated_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`

// As in `updateWithCategories`, the statement writes nothing if a category no longer exists.
export const insertWithCategories = `WITH wanted AS (
    SELECT id FROM categories WHERE user_id = $1 AND id = ANY ($11::uuid[]) FOR KEY SHARE
  ), made AS (
    INSERT INTO tasks
    (user_id, id, title, description, status, priority, due_date, version, created_at, updated_at)
    SELECT $1, $2::uuid, $3::text, $4::text, $5::task_status, $6::task_priority, $7::timestamptz, $8::integer,
      $9::timestamptz, $10::timestamptz
    WHERE (SELECT count(*) FROM wanted) = cardinality($11::uuid[])
    RETURNING user_id, id
  )
  INSERT INTO task_categories (user_id, task_id, category_id)
  SELECT made.user_id, made.id, wanted.id FROM made, wanted`

export const selectById = `SELECT ${columns} FROM tasks WHERE user_id = $1 AND id = $2 AND deleted_at IS NULL`

export const lockById = "SELECT FROM tasks WHERE user_id = $1 AND id = $2 AND deleted_at IS NULL FOR UPDATE"

export const selectDeletedById = `SELECT deleted_at, ${columns} FROM tasks
  WHERE user_id = $1 AND id = $2 AND deleted_at IS NOT NULL`

export const exists = "SELECT EXISTS (SELECT FROM tasks WHERE id = $1 AND deleted_at IS NULL) AS exists"

const assignments = `title = $3, description = $4, status = $5, priority = $6, due_date = $7, version = $8,
    created_at = $9, updated_at = $10`

export const update = `UPDATE tasks SET ${assignments}
  WHERE user_id = $1 AND id = $2 AND version = $11 AND deleted_at IS NULL`

// If a category no longer exists, the statement writes nothing. (A foreign-key error would abort the surrounding
// transaction.) The categories found stay locked until the end of the transaction.
export const updateWithCategories = `WITH wanted AS (
    SELECT id FROM categories WHERE user_id = $1 AND id = ANY ($12::uuid[]) FOR KEY SHARE
  ), updated AS (
    ${update} AND (SELECT count(*) FROM wanted) = cardinality($12::uuid[]) RETURNING user_id, id
  ), removed AS (
    DELETE FROM task_categories USING updated
    WHERE task_categories.user_id = $1 AND task_categories.task_id = updated.id
      AND task_categories.category_id = ANY ($13::uuid[])
  ), added AS (
    INSERT INTO task_categories (user_id, task_id, category_id)
    SELECT updated.user_id, updated.id, wanted.id FROM updated, wanted
  )
  SELECT FROM updated`

export const selectMissingCategory = `SELECT wanted.id FROM unnest($2::uuid[]) AS wanted (id)
  WHERE NOT EXISTS (SELECT FROM categories WHERE user_id = $1 AND categories.id = wanted.id)
  LIMIT 1`

export const markDeleted = "UPDATE tasks SET deleted_at = $3 WHERE user_id = $1 AND id = $2 AND deleted_at IS NULL"

export const markVersionDeleted = `${markDeleted} AND version = ANY ($4::integer[])`

export const restore = `UPDATE tasks SET ${assignments}, deleted_at = NULL
  WHERE user_id = $1 AND id = $2 AND deleted_at IS NOT NULL`
