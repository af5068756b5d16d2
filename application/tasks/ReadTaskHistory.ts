/** The use case that reads the history of a task. */
import { Effect, Schema } from "effect"
import type { SequenceNumber } from "../../domain/changes/Change.ts"
import { TaskId } from "../../domain/tasks/TaskId.ts"
import { ChangeRepository } from "../changes/ChangeRepository.ts"
import { HistoryPage, readHistoryPage } from "../changes/ReadHistory.ts"
import { useCase } from "../shared/UseCase.ts"
import { failIfNotTaskOwner } from "./TaskOwner.ts"
import { TaskRepository } from "./TaskRepository.ts"

export const ReadTaskHistory = Schema.Struct({ ...HistoryPage.fields, taskId: TaskId })
export interface ReadTaskHistory extends Schema.Schema.Type<typeof ReadTaskHistory> {}

const beginning = 0 as SequenceNumber

/**
 * Returns the changes of one of the user's tasks, also of a deleted one, the newest first. `isComplete` says whether the
 * history reaches back to the task's creation: changes are removed after a time.
 */
export const readTaskHistory = useCase("readTaskHistory")(function* ({ taskId, ...page }: ReadTaskHistory) {
  const { userId } = page
  const changes = yield* ChangeRepository
  const tasks = yield* TaskRepository
  const exists = Effect.catchTag(tasks.get(userId, taskId), "TaskNotFound", () => tasks.getDeleted(userId, taskId))
  yield* failIfNotTaskOwner(userId, exists)
  const { data, nextCursor } = yield* readHistoryPage(page, { entityId: taskId })
  const last = nextCursor === null ? data.at(-1) : undefined
  const [oldest] = last === undefined ? yield* changes.readFrom(userId, [taskId], beginning, 1) : [last]
  return { data, nextCursor, isComplete: oldest?.op === "created" }
})
