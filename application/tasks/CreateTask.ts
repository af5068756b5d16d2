import { Effect, Schema } from "effect"
import { UserId } from "../../domain/accounts/UserId.ts"
import { Timestamp } from "../../domain/shared/Timestamp.ts"
import { create, TaskDescription, TaskPriority, TaskTitle } from "../../domain/tasks/Task.ts"
import type { TaskId } from "../../domain/tasks/TaskId.ts"
import { IdGenerator } from "../shared/IdGenerator.ts"
import { now } from "../shared/Now.ts"
import { TaskRepository } from "./TaskRepository.ts"

export const CreateTask = Schema.Struct({
  userId: UserId,
  title: TaskTitle,
  description: Schema.optional(Schema.NullOr(TaskDescription)),
  priority: Schema.optional(TaskPriority),
  dueDate: Schema.optional(Schema.NullOr(Timestamp)),
})
export interface CreateTask extends Schema.Schema.Type<typeof CreateTask> {}

/** Keeps a new, pending task of the user. */
export const createTask = Effect.fn("createTask")(function* (command: CreateTask) {
  const tasks = yield* TaskRepository
  const ids = yield* IdGenerator
  const task = yield* Effect.fromResult(create((yield* ids.next) as TaskId, command.userId, command, yield* now))
  yield* tasks.insert(task)
  return task
})
