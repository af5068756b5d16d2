/** Reads tasks by their ids, those of several users in one statement. */
import { Effect } from "effect"
import type { UserId } from "../../domain/accounts/UserId.ts"
import type { TaskId } from "../../domain/tasks/TaskId.ts"
import { isConnectionLoss } from "./client/PostgresErrors.ts"
import type { PostgresStatements } from "./client/PostgresStatements.ts"
import { statement } from "./client/Statement.ts"
import { statementGroups } from "./StatementGroups.ts"
import type { TaskRow } from "./TaskColumns.ts"
import { columns, selectById } from "./TaskStatements.ts"

const selectGroup = statement(
  "tasks.select_by_ids",
  `SELECT ${columns} FROM unnest($1::uuid[], $2::uuid[]) AS item (user_id, id)
  JOIN tasks ON tasks.user_id = item.user_id AND tasks.id = item.id
  WHERE tasks.deleted_at IS NULL`,
)

interface TaskKey {
  readonly userId: UserId
  readonly taskId: TaskId
}

/** Returns a function that reads a task of the user; it returns undefined if there is none. */
export const taskReads = (database: PostgresStatements) => {
  const readInGroup = statementGroups<TaskKey, TaskId, TaskRow | null>({
    maxSize: 250,
    keyOf: ({ taskId }) => taskId,
    // Alone, a read is repeated once.
    mayRunAlone: isConnectionLoss,
    runGroup: (keys) =>
      Effect.map(
        database.tryQuery<TaskRow>(selectGroup, [keys.map(({ userId }) => userId), keys.map(({ taskId }) => taskId)]),
        (rows) => {
          const found = new Map<TaskId, TaskRow | null>(keys.map(({ taskId }) => [taskId, null]))
          for (const row of rows) found.set(row.id, row)
          return found
        },
      ),
  })
  return (userId: UserId, taskId: TaskId): Effect.Effect<TaskRow | undefined> =>
    Effect.withFiber((fiber) => {
      const alone = Effect.suspend(() =>
        Effect.map(database.read<TaskRow>(selectById, [userId, taskId]), ([row]) => row),
      )
      if (!database.mayJoinGroup(fiber)) return alone
      return readInGroup({ userId, taskId }, alone, (row) => row ?? undefined)
    })
}
