/** The SQL of categories as constant texts; all values are parameters. */
import { columnNames, columns, isRestorable } from "./CategoryColumns.ts"
import { endsOfUser } from "./ChangeStatements.ts"
import { statement } from "./client/Statement.ts"
import { head, recordedWrite } from "./RecordedWrite.ts"

export const selectById = statement(
  "categories.select_by_id",
  `SELECT ${columns} FROM categories WHERE user_id = $1 AND id = $2 AND deleted_at IS NULL`,
)

export const selectDeletedById = statement(
  "categories.select_deleted_by_id",
  `SELECT deleted_at, ${columns} FROM categories WHERE user_id = $1 AND id = $2 AND ${isRestorable}`,
)

export const exists = statement(
  "categories.exists",
  "SELECT EXISTS (SELECT FROM categories WHERE id = $1 AND deleted_at IS NULL) AS exists",
)

// By code points, which is the collation of the column.
const allOfUser = `SELECT ${columns} FROM categories WHERE user_id = $1 AND deleted_at IS NULL ORDER BY name`

export const selectAll = statement("categories.select_all", allOfUser)

/** Returns at least one row for an account, each with both ends of the history. */
export const selectSnapshot = statement(
  "categories.select_snapshot",
  `WITH ends AS MATERIALIZED (${endsOfUser})
  SELECT ends.*, listed.* FROM ends LEFT JOIN (${allOfUser}) AS listed ON true ORDER BY listed.name`,
)

/** Takes the name, and the id of the category that may have it. */
export const hasOtherWithName = statement(
  "categories.has_other_with_name",
  `SELECT EXISTS (
    SELECT FROM categories WHERE user_id = $1 AND name = $2 AND id <> $3 AND deleted_at IS NULL
  ) AS exists`,
)

// After the user: id, user, name, color, version, created at, updated at. The user is there twice, because `$1` is the
// user in every write, and the columns have their own order.
const [id, owner, name, color, version, createdAt, updatedAt] = ["$2", "$3", "$4", "$5", "$6", "$7", "$8"]
const values = `${id}::uuid, ${owner}::uuid, ${name}::text, ${color}::text, ${version}::integer,
      ${createdAt}::timestamptz, ${updatedAt}::timestamptz`

/** Whether the user has fewer living categories than the last parameter. */
const hasRoom = (maximum: string) => `(SELECT count(*) FROM (
      SELECT FROM categories WHERE user_id = $1 AND deleted_at IS NULL LIMIT ${maximum}
    ) AS counted) < ${maximum}`

/** Takes the maximum number of living categories after the category. The history MUST be locked before. */
export const insert = recordedWrite({
  name: "categories.insert",
  entity: "category",
  op: "created",
  parameters: 9,
  // A conflict that is reported as no row leaves a surrounding unit of work usable; an error would abort it.
  parts: `${head}, written AS (
    INSERT INTO categories (${columnNames})
    SELECT ${values} FROM head WHERE ${hasRoom("$9::integer")}
    ON CONFLICT (user_id, name) WHERE deleted_at IS NULL DO NOTHING
    RETURNING id, version
  )`,
})

const assignments = `name = ${name}, color = ${color}, version = ${version}, created_at = ${createdAt},
      updated_at = ${updatedAt}`
const found = `FROM head WHERE categories.user_id = head.user_id AND categories.user_id = ${owner} AND categories.id = ${id}`

const updated = `UPDATE categories SET ${assignments} ${found} AND deleted_at IS NULL
    RETURNING categories.id, categories.version`

/** The history MUST be locked, and the version and the name checked before. */
export const update = recordedWrite({
  name: "categories.update",
  entity: "category",
  op: "updated",
  parameters: 8,
  parts: `${head}, written AS (
    ${updated}
  )`,
})

/** As `update`, if no value differs: there is no change to record. */
export const updateVersion = statement("categories.update_version", `WITH ${head} ${updated}`)

/** Takes the category and the time. */
export const markDeleted = recordedWrite({
  name: "categories.mark_deleted",
  entity: "category",
  op: "deleted",
  parameters: 3,
  parts: `${head}, written AS (
    UPDATE categories SET deleted_at = $3 FROM head
    WHERE categories.user_id = head.user_id AND categories.id = $2 AND categories.deleted_at IS NULL
    RETURNING ${columns}
  )`,
  returning: "written.*",
})

/** Takes the maximum number of living categories after the category. The history MUST be locked before. */
export const restore = recordedWrite({
  name: "categories.restore",
  entity: "category",
  op: "restored",
  parameters: 9,
  parts: `${head}, written AS (
    UPDATE categories SET ${assignments}, deleted_at = NULL ${found} AND ${isRestorable}
      AND ${hasRoom("$9::integer")}
    RETURNING categories.id, categories.version
  )`,
})
