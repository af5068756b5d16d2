/** Sets the status of a task, for the use cases that name one. */
import { Effect } from "effect"
import type { UserId } from "../../domain/accounts/UserId.ts"
import type { TaskStatus } from "../../domain/tasks/TaskFields.ts"
import type { TaskId } from "../../domain/tasks/TaskId.ts"
import { updateTask } from "./UpdateTask.ts"

/**
 * Sets the status whatever else was changed concurrently: it does not depend on the other fields. A task that has the
 * status already stays as it is.
 */
export const setStatus = (userId: UserId, taskId: TaskId, status: TaskStatus) =>
  Effect.catchTags(updateTask({ userId, taskId, version: "any", status }), {
    // Any version is accepted, and the due date stays.
    StaleTaskVersion: Effect.die,
    UnknownVersion: Effect.die,
    DueDateNotInFuture: Effect.die,
  })
