/** The use case that deletes a task. */
import { Schema } from "effect"
import { UserId } from "../../domain/accounts/UserId.ts"
import { AcceptedVersions } from "../../domain/shared/Version.ts"
import { TaskId } from "../../domain/tasks/TaskId.ts"
import { explainTaskConflict } from "../changes/ExplainConflict.ts"
import { writeWithResult } from "../changes/Mutation.ts"
import { now } from "../shared/Now.ts"
import { useCase } from "../shared/UseCase.ts"
import { failIfNotTaskOwner } from "./TaskOwner.ts"
import { TaskRepository } from "./TaskRepository.ts"

export const DeleteTask = Schema.Struct({
  userId: UserId,
  taskId: TaskId,
  /** Any version by default. */
  version: Schema.optional(AcceptedVersions),
})
export interface DeleteTask extends Schema.Schema.Type<typeof DeleteTask> {}

/**
 * Deletes the user's task if the caller accepts its version, and returns it as it was. It stays stored, so that it can
 * be restored, but is no longer found.
 */
export const deleteTask = useCase("deleteTask")(function* (command: DeleteTask) {
  const { taskId, userId, version: accepted = "any" } = command
  const tasks = yield* TaskRepository
  const deleted = failIfNotTaskOwner(
    userId,
    writeWithResult(undefined, tasks.delete(userId, taskId, yield* now, accepted)),
  )
  return yield* explainTaskConflict(userId, { accepted, patch: {} }, deleted)
})
