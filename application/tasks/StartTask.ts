/** The use case that starts a task. */
import { Schema } from "effect"
import { UserId } from "../../domain/accounts/UserId.ts"
import { TaskId } from "../../domain/tasks/TaskId.ts"
import { useCase } from "../shared/UseCase.ts"
import { setStatus } from "./SetStatus.ts"

export const StartTask = Schema.Struct({ userId: UserId, taskId: TaskId })
export interface StartTask extends Schema.Schema.Type<typeof StartTask> {}

/** Marks the user's task as in progress, whatever its version. */
export const startTask = useCase("startTask")(function* ({ taskId, userId }: StartTask) {
  return yield* setStatus(userId, taskId, "in_progress")
})
