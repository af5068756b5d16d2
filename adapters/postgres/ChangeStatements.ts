/** The SQL that reads the history of changes; all values are parameters, and `$1` is the user. */
import type { UserId } from "../../domain/accounts/UserId.ts"
import type { SequenceNumber } from "../../domain/changes/Change.ts"
import type { ChangeFilter } from "../../domain/changes/ChangeFilter.ts"
import { batchRange } from "./BatchRange.ts"
import { rowInJson as categoryInJson } from "./CategoryColumns.ts"
import { columns as changeColumns } from "./ChangeColumns.ts"
import { type Statement, statement } from "./client/Statement.ts"
import { rowInJson as taskInJson } from "./TaskStatements.ts"

/** Locks the end of the user's history. Every unit of work with several writes begins with it. */
export const lockHead = statement("changes.lock_head", "SELECT FROM change_heads WHERE user_id = $1 FOR UPDATE")

/** Finds a row exactly if the user has an account. */
export const selectHead = statement("changes.select_head", "SELECT FROM change_heads WHERE user_id = $1")

const idAt = (seq: string) => `(SELECT id FROM changes WHERE user_id = $1 AND seq = ${seq})`

/** The columns of both ends. The id at the floor is kept, because its row is gone. */
const ends = `head.seq::float8 AS head, head.floor::float8 AS floor, head.floor_id, ${idAt("head.seq")} AS head_id`

/** Selects both ends of the user's history as one row, if there is an account. */
export const endsOfUser = `SELECT ${ends} FROM change_heads AS head WHERE head.user_id = $1`

export const selectEnds = statement("changes.select_ends", endsOfUser)

/**
 * Takes the place (null: the floor), the kinds of thing, and the limit. Returns at least one row for an account. The
 * last change of each thing in the page comes with the thing's present row, unless it is deleted.
 *
 * The place is a subquery, so that the page begins at it in the index. A join would read the history from its first change.
 */
export const selectAfter = statement(
  "changes.select_after",
  `WITH head AS MATERIALIZED (
    SELECT *, coalesce($2::bigint, floor) AS place FROM change_heads WHERE user_id = $1
  ), ends AS MATERIALIZED (
    SELECT ${ends}, ${idAt("head.place")} AS place_id FROM head
  ), page AS MATERIALIZED (
    SELECT changes.* FROM changes
    WHERE changes.user_id = $1 AND changes.seq > (SELECT place FROM head) AND changes.entity = ANY ($3::text[])
    ORDER BY changes.seq LIMIT $4
  ), last AS (
    SELECT *, row_number() OVER (PARTITION BY entity_id ORDER BY seq DESC) = 1 AS is_last FROM page
  )
  SELECT ends.*, ${changeColumns.replaceAll("changes.", "last.")},
    CASE WHEN last.is_last AND last.entity = 'task' THEN (
      SELECT ${taskInJson} FROM tasks WHERE user_id = $1 AND id = last.entity_id AND deleted_at IS NULL
    ) END AS task,
    CASE WHEN last.is_last AND last.entity = 'category' THEN (
      SELECT ${categoryInJson} FROM categories WHERE user_id = $1 AND id = last.entity_id AND deleted_at IS NULL
    ) END AS category
  FROM ends LEFT JOIN last ON true
  ORDER BY last.seq`,
)

/** The newest sequence numbers of several users. It runs for kept pages, and once a second in every process with open streams. */
export const selectLatest = statement(
  "changes.select_latest",
  "SELECT user_id, seq::float8 AS seq FROM change_heads WHERE user_id = ANY ($1::uuid[])",
)

/** Selects changes before a place, the newest first. Conditions that are not asked for are left out. */
export const selectBefore = (
  userId: UserId,
  { actorId, batchId, entityId }: ChangeFilter,
  before: SequenceNumber | null,
  limit: number,
): { readonly statement: Statement; readonly parameters: ReadonlyArray<string | number> } => {
  const parameters: Array<string | number> = [userId, limit]
  const conditions = ["user_id = $1"]
  const next = (value: string | number) => `$${parameters.push(value)}`
  if (before !== null) conditions.push(`seq < ${next(before)}`)
  if (entityId !== undefined) conditions.push(`entity_id = ${next(entityId)}`)
  if (actorId !== undefined) conditions.push(`actor_id = ${next(actorId)}`)
  if (batchId !== undefined) {
    const { highest, lowest } = batchRange(batchId)
    conditions.push(`batch_id = ${next(batchId)}`, `id BETWEEN ${next(lowest)} AND ${next(highest)}`)
  }
  const text = `SELECT ${changeColumns} FROM changes WHERE ${conditions.join(" AND ")} ORDER BY seq DESC LIMIT $2`
  return { statement: statement("changes.select_before", text), parameters }
}

/** Takes the batch, the ids between which its changes have theirs, and the limit. */
export const selectBatch = statement(
  "changes.select_batch",
  `SELECT ${changeColumns} FROM changes
  WHERE user_id = $1 AND batch_id = $2 AND id BETWEEN $3 AND $4
  ORDER BY seq LIMIT $5`,
)

export const selectById = statement(
  "changes.select_by_id",
  `SELECT ${changeColumns} FROM changes WHERE user_id = $1 AND id = $2`,
)

/** Takes the kind and the id of the actor, and the time. */
export const selectOfActor = statement(
  "changes.select_of_actor",
  `SELECT ${changeColumns} FROM changes
  WHERE user_id = $1 AND actor_kind = $2 AND actor_id = $3 AND at >= $4
  ORDER BY seq LIMIT $5`,
)

export const selectSinceVersion = statement(
  "changes.select_since_version",
  `SELECT ${changeColumns} FROM changes
  WHERE user_id = $1 AND entity_id = $2 AND version > $3
  ORDER BY seq LIMIT $4`,
)

export const selectFrom = statement(
  "changes.select_from",
  `SELECT ${changeColumns} FROM changes
  WHERE user_id = $1 AND entity_id = ANY ($2::uuid[]) AND seq >= $3
  ORDER BY seq LIMIT $4`,
)
