/** The use case that restores a deleted task. */
import { Effect, Schema } from "effect"
import { UserId } from "../../domain/accounts/UserId.ts"
import { AcceptedVersions } from "../../domain/shared/Version.ts"
import * as Task from "../../domain/tasks/Task.ts"
import { TaskId } from "../../domain/tasks/TaskId.ts"
import { explainTaskConflict } from "../changes/ExplainConflict.ts"
import { lockFirst } from "../changes/LockFirst.ts"
import { writeWithResult } from "../changes/Mutation.ts"
import { now } from "../shared/Now.ts"
import { useCase } from "../shared/UseCase.ts"
import { TaskRepository } from "./TaskRepository.ts"
import { failIfNotInTrash } from "./TrashedTask.ts"

export const RestoreTask = Schema.Struct({
  userId: UserId,
  taskId: TaskId,
  /** Any version by default. */
  version: Schema.optional(AcceptedVersions),
})
export interface RestoreTask extends Schema.Schema.Type<typeof RestoreTask> {}

/**
 * Restores a task that the user deleted, if the caller accepts its version. Fails with `NotDeleted` if the user has it
 * already.
 */
export const restoreTask = useCase("restoreTask")(function* (command: RestoreTask) {
  const { taskId, userId, version: accepted = "any" } = command
  const tasks = yield* TaskRepository
  const at = yield* now
  // An undo can change a deleted task. The lock makes it wait.
  const restore = Effect.gen(function* () {
    const deleted = yield* tasks.getDeleted(userId, taskId)
    yield* Effect.fromResult(Task.expectVersion(deleted.task, accepted))
    const restored = Task.restore(deleted, at)
    yield* writeWithResult(restored, tasks.restore(deleted, restored))
    return restored
  })
  const explained = explainTaskConflict(userId, { accepted, patch: {} }, lockFirst(userId, restore))
  return yield* failIfNotInTrash(userId, taskId, explained)
})
