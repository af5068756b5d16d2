import { Effect, Schema } from "effect"
import { UserId } from "../../domain/accounts/UserId.ts"
import { Timestamp } from "../../domain/shared/Timestamp.ts"
import { Version } from "../../domain/shared/Version.ts"
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
import { orNotOwner } from "./OwnTask.ts"
import { TaskRepository } from "./TaskRepository.ts"

export const UpdateTask = Schema.Struct({
  userId: UserId,
  taskId: TaskId,
  /** The version that the caller read. */
  version: Version,
  title: Schema.optional(TaskTitle),
  description: Schema.optional(Schema.NullOr(TaskDescription)),
  status: Schema.optional(TaskStatus),
  priority: Schema.optional(TaskPriority),
  dueDate: Schema.optional(Schema.NullOr(Timestamp)),
})
export interface UpdateTask extends Schema.Schema.Type<typeof UpdateTask> {}

/** Changes the user's task if it still has the version that was read. */
export const updateTask = Effect.fn("updateTask")(function* (command: UpdateTask) {
  const tasks = yield* TaskRepository
  const at = yield* now
  // A due date in the past is wrong whatever the task is, so it is refused before the task is looked for.
  yield* Effect.fromResult(checkDueDate(command.dueDate, at))
  const found = yield* orNotOwner(tasks.get(command.userId, command.taskId))
  const before = yield* Effect.fromResult(expectVersion(found, command.version))
  const after = yield* Effect.fromResult(change(before, command, at))
  // No category is added here, so none can be missing.
  if (after !== before) yield* Effect.catchTag(tasks.update(before, after), "CategoryNotFound", Effect.die)
  return after
})
