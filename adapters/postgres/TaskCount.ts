/**
 * The number of a user's tasks, which is kept in the row of the user's history: every write updates that row anyway.
 *
 * `task_count` is right exactly if `task_count_seq` is `seq`. Every write of this version adds the same to both numbers. One of
 * a version that does not know the columns raises `seq` alone, and the next list counts the tasks again.
 */
import { Effect } from "effect"
import type { UserId } from "../../domain/accounts/UserId.ts"
import type { ChangeOperation } from "../../domain/changes/Change.ts"
import type { Entity } from "../../domain/changes/EntityState.ts"
import type { PostgresStatements } from "./client/PostgresStatements.ts"
import { statement } from "./client/Statement.ts"

/** How an operation on a task changes the number of tasks. A purged task was in the trash, and so was not counted. */
const signs: { readonly [Op in ChangeOperation]?: "+" | "-" } = { created: "+", restored: "+", deleted: "-" }

/** The assignments of a write that takes `numbers` sequence numbers, one for each thing that it writes. */
export const advancedBy = (numbers: string, entity: Entity, op: ChangeOperation): string => {
  const sign = entity === "task" ? signs[op] : undefined
  const counted = sign === undefined ? "" : `, task_count = task_count ${sign} ${numbers}`
  return `seq = seq + ${numbers}, task_count_seq = task_count_seq + ${numbers}${counted}`
}

/** The number of the tasks of `$1`; null if it is not known. */
export const keptCount = "(SELECT task_count FROM change_heads WHERE user_id = $1 AND task_count_seq = seq)"

const selectKept = statement("tasks.kept_count", `SELECT ${keptCount} AS total`)

// The number and the place in the history are those of one moment.
const count = statement(
  "tasks.count",
  `SELECT count(*)::int AS total, (SELECT seq FROM change_heads WHERE user_id = $1)::text AS seq
  FROM tasks WHERE user_id = $1 AND deleted_at IS NULL`,
)

// Waits for no writer: the write changes the number, so that it would not be kept.
const keep = statement(
  "tasks.keep_count",
  `UPDATE change_heads SET task_count = $3, task_count_seq = seq
  WHERE user_id = (SELECT user_id FROM change_heads WHERE user_id = $1 AND seq = $2 FOR UPDATE SKIP LOCKED)`,
)

/** Returns the function that reads the number of a user's tasks, and counts and keeps it if it is not known. */
export const readTaskCount = (database: PostgresStatements) =>
  Effect.fnUntraced(function* (userId: UserId) {
    const [kept] = yield* database.read<{ readonly total: number | null }>(selectKept, [userId])
    if (kept !== undefined && kept.total !== null) return kept.total
    const [counted] = yield* database.read<{ readonly total: number; readonly seq: string | null }>(count, [userId])
    if (counted === undefined) return 0
    if (counted.seq !== null) yield* database.write(keep, [userId, counted.seq, counted.total])
    return counted.total
  })

/** Counts the users with a wrong number of tasks. A number is wrong only if rows were written past the service. */
export const countDiffering = `SELECT count(*)::int AS users FROM change_heads AS head LEFT JOIN (
    SELECT user_id, count(*) AS total FROM tasks WHERE deleted_at IS NULL GROUP BY user_id
  ) AS counted USING (user_id)
  WHERE head.task_count_seq = head.seq AND head.task_count <> coalesce(counted.total, 0)`

/** Lets the next list of each user count. */
export const forgetCounts = "UPDATE change_heads SET task_count_seq = NULL"
