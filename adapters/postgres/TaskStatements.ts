/**
 * The SQL of tasks as constant texts, built from the columns when the module loads; all values are parameters. The SQL
 * of lists is in `PostgresTaskListQuery.ts`.
 */
import { statement } from "./client/Statement.ts"
import { type ValueAt, valueInGroup } from "./RecordedGroup.ts"
import { head, next, parameter, recordedWrite } from "./RecordedWrite.ts"
import {
  assignments,
  columnNames,
  insertedFrom,
  insertedNames,
  insertedValues,
  membersInJson,
  parameterAfter,
  parameterCount,
  parameterTypes,
  timeInJson,
} from "./TaskColumns.ts"

const categories = `(
    SELECT json_agg(json_build_object('id', category.id, 'name', category.name, 'color', category.color,
      'version', category.version, 'created_at', ${timeInJson("category.created_at")},
      'updated_at', ${timeInJson("category.updated_at")}) ORDER BY category.name)
    FROM task_categories AS assignment
    JOIN categories AS category ON category.user_id = assignment.user_id AND category.id = assignment.category_id
    WHERE assignment.user_id = tasks.user_id AND assignment.task_id = tasks.id AND category.deleted_at IS NULL
  )`

export const columns = `${columnNames
  .split(", ")
  .map((name) => `tasks.${name}`)
  .join(", ")}, ${categories} AS categories`

/** A row of a task as a JSON object. */
export const rowInJson = `json_build_object(${membersInJson}, 'categories', ${categories})`

const [first, second, third] = [parameterAfter(1), parameterAfter(2), parameterAfter(3)]

export const insert = recordedWrite({
  name: "tasks.insert",
  entity: "task",
  op: "created",
  parameters: parameterCount,
  parts: `${next}, written AS (
    INSERT INTO tasks (${insertedNames}) SELECT ${insertedValues} FROM next RETURNING id, version
  )`,
  inGroup: {
    types: parameterTypes,
    written: `INSERT INTO tasks (${insertedNames}) SELECT ${insertedFrom(valueInGroup)} FROM head
      RETURNING user_id, id, version`,
  },
})

// A category that another writer deleted, while this one waited for it, is seen as deleted only because it is locked.
const wanted = (ids: string) => `wanted AS (
    SELECT categories.id FROM categories, head
    WHERE categories.user_id = head.user_id AND categories.id = ANY (${ids}::uuid[]) AND categories.deleted_at IS NULL
    FOR SHARE OF categories
  )`

/** Takes the ids of the categories after the task. As `updateWithCategories`, it writes nothing if one is missing. */
export const insertWithCategories = recordedWrite({
  name: "tasks.insert_with_categories",
  entity: "task",
  op: "created",
  parameters: parameterCount + 1,
  parts: `${head}, ${wanted(first)}, written AS (
    INSERT INTO tasks (${insertedNames})
    SELECT ${insertedValues} FROM head
    WHERE (SELECT count(*) FROM wanted) = cardinality(${first}::uuid[])
    RETURNING id, version
  ), added AS (
    INSERT INTO task_categories (user_id, task_id, category_id)
    SELECT $1, written.id, wanted.id FROM written, wanted
  )`,
})

export const selectById = statement(
  "tasks.select_by_id",
  `SELECT ${columns} FROM tasks WHERE user_id = $1 AND id = $2 AND deleted_at IS NULL`,
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

const updated = (condition = "") => `UPDATE tasks SET ${assignments} FROM head
    WHERE tasks.user_id = head.user_id AND tasks.id = $2 AND tasks.version = ${first} AND tasks.deleted_at IS NULL${condition}
    RETURNING tasks.id, tasks.version`

/** Takes the version before the update after the task. */
export const update = recordedWrite({
  name: "tasks.update",
  entity: "task",
  op: "updated",
  parameters: parameterCount + 1,
  parts: `${head}, written AS (
    ${updated()}
  )`,
})

/** As `update`, if no value differs: there is no change to record. */
export const updateVersion = statement("tasks.update_version", `WITH ${head} ${updated()}`)

const idsInJson = (ids: string) => `jsonb_build_object('category_ids', (SELECT coalesce(jsonb_agg(id ORDER BY id), '[]')
      FROM (${ids}) AS assigned (id)))`
const assignedBefore = "SELECT category_id FROM task_categories WHERE user_id = $1 AND task_id = $2"

/**
 * Takes the version before the update, and the ids of the added and of the removed categories. If an added category no
 * longer exists, the statement writes nothing. The change names all categories that are assigned, deleted ones included.
 */
export const updateWithCategories = recordedWrite({
  name: "tasks.update_with_categories",
  entity: "task",
  op: "updated",
  parameters: parameterCount + 3,
  parts: `${head}, ${wanted(second)}, written AS (
    ${updated(` AND (SELECT count(*) FROM wanted) = cardinality(${second}::uuid[])`)}
  ), removed AS (
    DELETE FROM task_categories USING written
    WHERE task_categories.user_id = $1 AND task_categories.task_id = written.id
      AND task_categories.category_id = ANY (${third}::uuid[])
  ), added AS (
    INSERT INTO task_categories (user_id, task_id, category_id)
    SELECT $1, written.id, wanted.id FROM written, wanted
    ON CONFLICT DO NOTHING
  )`,
  before: idsInJson(assignedBefore),
  after: idsInJson(
    `${assignedBefore} AND category_id <> ALL (${third}::uuid[]) UNION SELECT unnest(${second}::uuid[])`,
  ),
})

export const selectMissingCategory = statement(
  "tasks.select_missing_category",
  `SELECT wanted.id FROM unnest($2::uuid[]) AS wanted (id)
  WHERE NOT EXISTS (
    SELECT FROM categories WHERE user_id = $1 AND categories.id = wanted.id AND categories.deleted_at IS NULL
  )
  LIMIT 1`,
)

const deletion = (valueAt: ValueAt, condition = "") => `UPDATE tasks SET deleted_at = ${valueAt(3)} FROM head
    WHERE tasks.user_id = head.user_id AND tasks.id = ${valueAt(2)} AND tasks.deleted_at IS NULL${condition}
    RETURNING ${columns}`
const isAccepted = (valueAt: ValueAt) => ` AND tasks.version = ANY (${valueAt(4)}::integer[])`
const typesOfDeletion = ["uuid", "uuid", "timestamptz"]

/** Takes the user, the task and the time. */
export const markDeleted = recordedWrite({
  name: "tasks.mark_deleted",
  entity: "task",
  op: "deleted",
  parameters: 3,
  parts: `${head}, written AS (${deletion(parameter)})`,
  returning: "written.*",
  inGroup: { types: typesOfDeletion, written: deletion(valueInGroup) },
})

/** As `markDeleted`, and the accepted versions. */
export const markVersionDeleted = recordedWrite({
  name: "tasks.mark_version_deleted",
  entity: "task",
  op: "deleted",
  parameters: 4,
  parts: `${head}, written AS (${deletion(parameter, isAccepted(parameter))})`,
  returning: "written.*",
  inGroup: {
    types: [...typesOfDeletion, "integer[]"],
    written: deletion(valueInGroup, isAccepted(valueInGroup)),
  },
})

export const restore = recordedWrite({
  name: "tasks.restore",
  entity: "task",
  op: "restored",
  parameters: parameterCount,
  parts: `${head}, written AS (
    UPDATE tasks SET ${assignments}, deleted_at = NULL FROM head
    WHERE tasks.user_id = head.user_id AND tasks.id = $2 AND tasks.deleted_at IS NOT NULL
    RETURNING tasks.id, tasks.version
  )`,
})

/** The first part of the trash, and the part after a place. */
export const selectTrash = statement(
  "tasks.select_trash",
  `SELECT tasks.deleted_at, ${columns} FROM tasks
  WHERE user_id = $1 AND deleted_at IS NOT NULL
  ORDER BY deleted_at DESC, id DESC LIMIT $2`,
)
export const selectTrashAfter = statement(
  "tasks.select_trash_after",
  `SELECT tasks.deleted_at, ${columns} FROM tasks
  WHERE user_id = $1 AND deleted_at IS NOT NULL AND (deleted_at, id) < ($3, $4::uuid)
  ORDER BY deleted_at DESC, id DESC LIMIT $2`,
)
