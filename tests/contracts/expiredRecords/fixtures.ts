/** The times, the counts and the batches that the parts of the `ExpiredRecords` suite share. */
import { Effect } from "effect"
import { ExpiredRecords } from "../../../application/cleanup/ExpiredRecords.ts"
import { UnitOfWork } from "../../../application/shared/UnitOfWork.ts"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"
import { CategoryName } from "../../../domain/categories/Category.ts"
import type { Timestamp } from "../../../domain/shared/Timestamp.ts"
import { nextVersion } from "../../../domain/shared/Version.ts"
import { at, keepCategory, keepTask } from "../../support/entities.ts"

/** Twenty years before all other records of the tests, because they may share the store. */
export const longAgo = (seconds: number): Timestamp => at(seconds - 20 * 365 * 86_400)
/** The limits for records that expired before that many seconds. */
export const before = (seconds: number) => ({
  sessionsAndTokens: longAgo(seconds),
  sentEmails: longAgo(seconds),
  deadLetters: longAgo(seconds),
  deletedTasks: longAgo(seconds),
  changes: longAgo(seconds),
  idempotencyRecords: longAgo(seconds),
})

/** The counts of a batch that removes nothing. */
export const nothing = {
  sessions: 0,
  refreshTokens: 0,
  apiTokens: 0,
  emailVerifications: 0,
  passwordResets: 0,
  outgoingEmails: 0,
  tasks: 0,
  categories: 0,
  changes: 0,
  idempotencyRecords: 0,
}

/**
 * Removes one batch. Leaves out the count of revoked sessions, because each store decides how it remembers them, and
 * so how many.
 */
export const removeBatch = Effect.fnUntraced(function* (seconds: number, limit = 1_000) {
  const expired = yield* ExpiredRecords
  const { atomically } = yield* UnitOfWork
  const removed = yield* atomically(expired.removeBatch(before(seconds), limit, at(100)))
  if (removed === null) throw new Error("Another process has the turn")
  const { revocations: _, ...counts } = removed
  return counts
})

/** Deletes a new task that has a category. */
export const deleteTask = Effect.fnUntraced(function* (userId: UserId, seconds: number) {
  const tasks = yield* TaskRepository
  const task = yield* keepTask(userId)
  const category = yield* keepCategory(userId, { name: CategoryName.make(`Removed after ${seconds} seconds`) })
  yield* tasks.update(task, { ...task, categories: [category], version: nextVersion(task.version) })
  yield* tasks.delete(userId, task.id, longAgo(seconds))
  return task
})
