/** The use case that lists a user's deleted tasks. */
import { Effect, Schema } from "effect"
import { UserId } from "../../domain/accounts/UserId.ts"
import { CursorPageLimit, defaultCursorPageLimit } from "../../domain/shared/Page.ts"
import { plusMillis, type Timestamp } from "../../domain/shared/Timestamp.ts"
import type { DeletedTask } from "../../domain/tasks/Task.ts"
import * as TrashCursor from "../../domain/tasks/TrashCursor.ts"
import { DeletedTaskRetention } from "../cleanup/DeletedTaskRetention.ts"
import { useCase } from "../shared/UseCase.ts"
import { TaskRepository } from "./TaskRepository.ts"

export const ListTrash = Schema.Struct({
  userId: UserId,
  /** A cursor from the page before. The last deleted task comes first by default. */
  cursor: Schema.optional(Schema.String),
  limit: Schema.optional(CursorPageLimit),
})
export interface ListTrash extends Schema.Schema.Type<typeof ListTrash> {}

/** A task in the trash, and the time from which it may be destroyed for good. */
export interface TrashedTask extends DeletedTask {
  readonly purgeAt: Timestamp
}

/** Returns the user's deleted tasks, the last deleted first, and the cursor of the next page; null at the end. */
export const listTrash = useCase("listTrash")(function* (command: ListTrash) {
  const { cursor, limit = defaultCursorPageLimit, userId } = command
  const { listDeleted } = yield* TaskRepository
  const retentionMillis = yield* DeletedTaskRetention
  const after = cursor === undefined ? null : yield* Effect.fromResult(TrashCursor.decode(cursor))
  const found = yield* listDeleted(userId, after, limit + 1)
  const data = found
    .slice(0, limit)
    .map((deleted): TrashedTask => ({ ...deleted, purgeAt: plusMillis(deleted.deletedAt, retentionMillis) }))
  const last = found.length > limit ? data.at(-1) : undefined
  const next = last === undefined ? null : { deletedAt: last.deletedAt, taskId: last.task.id }
  return { data, nextCursor: next === null ? null : TrashCursor.encode(next) }
})
