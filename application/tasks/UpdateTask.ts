/** The use case that changes the fields of a task. */
import { Effect, Schema } from "effect"
import { UserId } from "../../domain/accounts/UserId.ts"
import { Timestamp } from "../../domain/shared/Timestamp.ts"
import { AcceptedVersions } from "../../domain/shared/Version.ts"
import {
  change,
  checkDueDate,
  expectVersion,
  TaskDescription,
  TaskPriority,
  TaskStatus,
  TaskTitle,
} from "../../domain/tasks/Task.ts"
import { TaskId } from "../../domain/tasks/TaskId.ts"
import { now } from "../shared/Now.ts"
import { failIfNotOwner } from "./NotOwner.ts"
import { retryOnConflict } from "./RetryOnConflict.ts"
import { TaskRepository } from "./TaskRepository.ts"

export const UpdateTask = Schema.Struct({
  userId: UserId,
  taskId: TaskId,
  /** The version that the caller read, or the versions that it accepts. */
  version: AcceptedVersions,
  title: Schema.optional(TaskTitle),
  description: Schema.optional(Schema.NullOr(TaskDescription)),
  status: Schema.optional(TaskStatus),
  priority: Schema.optional(TaskPriority),
  dueDate: Schema.optional(Schema.NullOr(Timestamp)),
})
export interface UpdateTask extends Schema.Schema.Type<typeof UpdateTask> {}

/** Changes the user's task if the caller accepts its version. If every field stays the same, nothing is written. */
export const updateTask = Effect.fn("updateTask")(function* (command: UpdateTask) {
  const tasks = yield* TaskRepository
  const at = yield* now
  return yield* retryOnConflict(command.version, (get) =>
    Effect.gen(function* () {
      const before = yield* Effect.tapError(failIfNotOwner(get(command.userId, command.taskId)), () =>
        // No task of the caller has this due date yet, so it is a new one. An invalid value is reported before a
        // missing task.
        Effect.fromResult(checkDueDate(command.dueDate, at)),
      )
      // Checked before the due date, because after another writer's change the due date may be the one that the caller
      // read.
      yield* Effect.fromResult(expectVersion(before, command.version))
      const after = yield* Effect.fromResult(change(before, command, at))
      // This adds no category, so none can be missing.
      if (after !== before) yield* Effect.catchTag(tasks.update(before, after), "CategoryNotFound", Effect.die)
      return after
    }),
  )
})
