/** The use case that destroys a deleted task for good. */
import { Effect, Schema } from "effect"
import { UserId } from "../../domain/accounts/UserId.ts"
import { TaskNotFound } from "../../domain/tasks/TaskErrors.ts"
import { TaskId } from "../../domain/tasks/TaskId.ts"
import { atomicallyWithResult } from "../changes/Mutation.ts"
import { now } from "../shared/Now.ts"
import { useCase } from "../shared/UseCase.ts"
import { TaskRepository } from "./TaskRepository.ts"
import { failIfNotInTrash } from "./TrashedTask.ts"

export const PurgeTask = Schema.Struct({ userId: UserId, taskId: TaskId })
export interface PurgeTask extends Schema.Schema.Type<typeof PurgeTask> {}

/**
 * Destroys a task that the user deleted, and all values in its history. No undo brings it back. Fails with `NotDeleted`
 * if the task is not deleted.
 */
export const purgeTask = useCase("purgeTask")(function* ({ taskId, userId }: PurgeTask) {
  const tasks = yield* TaskRepository
  const purge = Effect.gen(function* () {
    const purged = yield* tasks.purge(userId, [taskId], yield* now)
    if (purged.length === 0) return yield* new TaskNotFound({ taskId })
  })
  yield* failIfNotInTrash(userId, taskId, atomicallyWithResult(userId, purge))
})
