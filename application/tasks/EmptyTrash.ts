/** The use case that destroys a user's deleted tasks for good. */
import { Effect, Schema } from "effect"
import { UserId } from "../../domain/accounts/UserId.ts"
import { ChangeRepository } from "../changes/ChangeRepository.ts"
import { atomicallyWithResult } from "../changes/Mutation.ts"
import { now } from "../shared/Now.ts"
import { useCase } from "../shared/UseCase.ts"
import { TaskRepository } from "./TaskRepository.ts"

export const EmptyTrash = Schema.Struct({ userId: UserId })
export interface EmptyTrash extends Schema.Schema.Type<typeof EmptyTrash> {}

/** How many tasks one call destroys at most. */
export const maxPurgedTasks = 1_000

/**
 * Destroys the user's deleted tasks, at most 1,000 of them and the last deleted first, with all values in their
 * histories. No undo brings them back. Returns how many there were; a caller repeats the call until there are none.
 */
export const emptyTrash = useCase("emptyTrash")(function* ({ userId }: EmptyTrash) {
  const changes = yield* ChangeRepository
  const tasks = yield* TaskRepository
  const purge = Effect.gen(function* () {
    yield* changes.lock(userId)
    const deleted = yield* tasks.listDeleted(userId, null, maxPurgedTasks)
    const ids = deleted.map(({ task }) => task.id)
    return { purged: ids.length === 0 ? 0 : (yield* tasks.purge(userId, ids, yield* now)).length }
  })
  return yield* atomicallyWithResult(userId, purge)
})
