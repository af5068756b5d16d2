/** The use case that restores a deleted task. */
import { Effect, Schema } from "effect"
import { UserId } from "../../domain/accounts/UserId.ts"
import * as Task from "../../domain/tasks/Task.ts"
import { TaskId } from "../../domain/tasks/TaskId.ts"
import { writeWithResult } from "../changes/Mutation.ts"
import { now } from "../shared/Now.ts"
import { TaskRepository } from "./TaskRepository.ts"

export const RestoreTask = Schema.Struct({ userId: UserId, taskId: TaskId })
export interface RestoreTask extends Schema.Schema.Type<typeof RestoreTask> {}

/** Restores a task that the user deleted. */
export const restoreTask = Effect.fn("restoreTask")(function* (command: RestoreTask) {
  const tasks = yield* TaskRepository
  const deleted = yield* tasks.getDeleted(command.userId, command.taskId)
  const restored = Task.restore(deleted, yield* now)
  yield* writeWithResult(restored, tasks.restore(deleted, restored))
  return restored
})
