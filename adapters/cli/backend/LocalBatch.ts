/** Runs the use case of batches for commands that name several tasks. */
import { Effect, Result } from "effect"
import type { BatchOperation } from "../../../application/batch/BatchOperation.ts"
import { runBatch } from "../../../application/batch/RunBatch.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"
import { NotOwner } from "../../../domain/shared/NotOwner.ts"
import type { Task } from "../../../domain/tasks/Task.ts"
import { TaskNotFound } from "../../../domain/tasks/TaskErrors.ts"
import type { TaskStatus } from "../../../domain/tasks/TaskFields.ts"
import type { TaskId } from "../../../domain/tasks/TaskId.ts"
import { failIfDeleted } from "./LocalErrors.ts"

/** Runs all operations or none. They accept any version, so a task can only be missing, or belong to another user. */
const runAll = (userId: UserId, operations: ReadonlyArray<BatchOperation>) =>
  failIfDeleted(runBatch({ userId, operations, isAtomic: true, isDryRun: false })).pipe(
    Effect.catchTags({
      InvalidBatch: Effect.die,
      BatchFailed: ({ failedIndex, results }) => {
        const refused = results[failedIndex]
        const error = refused !== undefined && Result.isFailure(refused) ? refused.failure : null
        return error instanceof TaskNotFound || error instanceof NotOwner ? Effect.fail(error) : Effect.die(error)
      },
    }),
  )

/** Sets the status of all tasks, whatever their versions. */
export const setStatuses = (userId: UserId, ids: ReadonlyArray<TaskId>, status: TaskStatus) => {
  const operations = ids.map((taskId): BatchOperation => ({ _tag: "UpdateTask", taskId, version: "any", status }))
  return Effect.map(
    runAll(userId, operations),
    ({ results }): ReadonlyArray<Task> =>
      results.flatMap((result) =>
        Result.isSuccess(result) && result.success._tag === "Task" ? [result.success.task] : [],
      ),
  )
}

/** Deletes all tasks, whatever their versions. */
export const deleteTasks = (userId: UserId, ids: ReadonlyArray<TaskId>) =>
  Effect.asVoid(
    runAll(
      userId,
      ids.map((taskId): BatchOperation => ({ _tag: "DeleteTask", taskId })),
    ),
  )
