/** The use case that reads one task. */
import { Schema } from "effect"
import { UserId } from "../../domain/accounts/UserId.ts"
import { TaskId } from "../../domain/tasks/TaskId.ts"
import { useCase } from "../shared/UseCase.ts"
import { failIfNotTaskOwner } from "./TaskOwner.ts"
import { TaskRepository } from "./TaskRepository.ts"

export const GetTask = Schema.Struct({ userId: UserId, taskId: TaskId })
export interface GetTask extends Schema.Schema.Type<typeof GetTask> {}

/** Returns the user's task. */
export const getTask = useCase("getTask")(function* (command: GetTask) {
  const tasks = yield* TaskRepository
  return yield* failIfNotTaskOwner(command.userId, tasks.get(command.userId, command.taskId))
})
