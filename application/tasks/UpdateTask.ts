/** The use case that changes the fields of a task. */
import { Effect, Result, Schema, Struct } from "effect"
import { UserId } from "../../domain/accounts/UserId.ts"
import type { Timestamp } from "../../domain/shared/Timestamp.ts"
import { AcceptedVersions } from "../../domain/shared/Version.ts"
import * as Task from "../../domain/tasks/Task.ts"
import { fieldNames, TaskChanges } from "../../domain/tasks/TaskFields.ts"
import { TaskId } from "../../domain/tasks/TaskId.ts"
import { explainTaskConflict } from "../changes/ExplainConflict.ts"
import { CurrentMutation, writeWithResult } from "../changes/Mutation.ts"
import { now } from "../shared/Now.ts"
import { useCase } from "../shared/UseCase.ts"
import { retryOnConflict } from "./RetryOnConflict.ts"
import { failIfNotTaskOwner } from "./TaskOwner.ts"
import { TaskRepository } from "./TaskRepository.ts"

export const UpdateTask = Schema.Struct({
  ...TaskChanges.fields,
  userId: UserId,
  taskId: TaskId,
  /** The version that the caller read, or the versions that it accepts. */
  version: AcceptedVersions,
})
export interface UpdateTask extends Schema.Schema.Type<typeof UpdateTask> {}

/** Changes the user's task if the caller accepts its version. If every field stays the same, nothing is written. */
export const updateTask = useCase("updateTask")(function* (command: UpdateTask) {
  const tasks = yield* TaskRepository
  const at = yield* now
  const unread = yield* updateUnread(command, at)
  if (unread !== null) return unread
  const write = { accepted: command.version, patch: Struct.pick(command, fieldNames) }
  const written = retryOnConflict(command.version, (get) =>
    Effect.gen(function* () {
      const before = yield* Effect.tapError(
        failIfNotTaskOwner(command.userId, get(command.userId, command.taskId)),
        () =>
          // No task of the caller has this due date yet, so it is a new one. An invalid value is reported before a
          // missing task.
          Effect.fromResult(Task.checkDueDate(command.dueDate, at)),
      )
      // Checked before the due date, because after another writer's change the due date may be the one that the caller
      // read.
      yield* Effect.fromResult(Task.expectVersion(before, command.version))
      const after = yield* Effect.fromResult(Task.change(before, command, at))
      // This adds no category, so none can be missing.
      if (after === before) return after
      yield* Effect.catchTag(writeWithResult(after, tasks.update(before, after)), "CategoryNotFound", Effect.die)
      return after
    }),
  )
  return yield* explainTaskConflict(command.userId, write, written)
})

/**
 * Changes the task without reading it before. Returns null if it has to be read: for an error or a merge, or because the
 * response that is stored with the write is made from the task.
 */
const updateUnread = ({ taskId, userId, version, ...changes }: UpdateTask, at: Timestamp) =>
  Effect.flatMap(CurrentMutation, ({ toRecord }) =>
    typeof version !== "number" || toRecord !== null || Result.isFailure(Task.checkDueDate(changes.dueDate, at))
      ? Effect.succeed(null)
      : Effect.flatMap(TaskRepository, (tasks) => tasks.updateFields(userId, taskId, version, changes, at)),
  )
