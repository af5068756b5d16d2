/** Cleanup in the tests of histories: it removes only what these tests made long ago. */
import { Effect } from "effect"
import { ExpiredRecords } from "../../../application/cleanup/ExpiredRecords.ts"
import { UnitOfWork } from "../../../application/shared/UnitOfWork.ts"
import type { Timestamp } from "../../../domain/shared/Timestamp.ts"
import { at } from "../../support/entities.ts"

/** Forty years before all other records of the tests, because they may share the store. */
export const longAgo = (seconds: number): Timestamp => at(seconds - 40 * 365 * 86_400)

const never = longAgo(-1_000_000)
const none = {
  sessionsAndTokens: never,
  sentEmails: never,
  deadLetters: never,
  deletedTasks: never,
  changes: never,
  idempotencyRecords: never,
}

const removeBatch = Effect.fnUntraced(function* (before: Partial<typeof none>, limit: number, time: Timestamp) {
  const { atomically } = yield* UnitOfWork
  const expired = yield* ExpiredRecords
  const removed = yield* atomically(expired.removeBatch({ ...none, ...before }, limit, time))
  if (removed === null) throw new Error("Another process is cleaning up")
  return removed
})

/** Destroys all tasks and categories that were deleted before the time. */
export const cleanUpDeleted = Effect.fnUntraced(function* (before: Timestamp, time: Timestamp) {
  const isMore = Effect.map(removeBatch({ deletedTasks: before }, 1_000, time), (removed) => removed.categories > 0)
  while (yield* isMore);
})

/** Removes one batch of changes from before the time, and returns their number. */
export const trimChanges = (before: Timestamp, limit = 1_000) =>
  Effect.map(removeBatch({ changes: before }, limit, at(0)), ({ changes }) => changes)
