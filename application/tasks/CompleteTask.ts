/** The use case that completes a task. */
import { Schema } from "effect"
import { UserId } from "../../domain/accounts/UserId.ts"
import { TaskId } from "../../domain/tasks/TaskId.ts"
import { useCase } from "../shared/UseCase.ts"
import { setStatus } from "./SetStatus.ts"

export const CompleteTask = Schema.Struct({ userId: UserId, taskId: TaskId })
export interface CompleteTask extends Schema.Schema.Type<typeof CompleteTask> {}

/** Marks the user's task as completed, whatever its version. */
export const completeTask = useCase("completeTask")(function* ({ taskId, userId }: CompleteTask) {
  return yield* setStatus(userId, taskId, "completed")
})
