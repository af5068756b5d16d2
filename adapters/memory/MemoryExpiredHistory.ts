/** Removes expired tasks and categories from the memory store, and expired changes and idempotency records. */
import { HashMap } from "effect"
import type { Mutation } from "../../application/changes/Mutation.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import type { Timestamp } from "../../domain/shared/Timestamp.ts"
import { trim } from "./MemoryChangeLog.ts"
import { type CleanupResult, cleanEveryUser, expiredKeys } from "./MemoryCleanup.ts"
import { purgeCategories, purgeTasks } from "./MemoryPurge.ts"
import { toRecorded, type Written } from "./MemoryRecordedWrite.ts"
import type { State, UserRows } from "./MemoryStore.ts"

/** When, and by what, things are destroyed. */
export interface CleanupMoment {
  readonly at: Timestamp
  readonly mutation: Mutation
}

/** Destroys the things that `expiredOf` finds, and records it. */
const purge = <Id>(
  { at, mutation }: CleanupMoment,
  state: State,
  limit: number,
  expiredOf: (rows: UserRows, room: number) => ReadonlyArray<Id>,
  purgeOf: (state: State, userId: UserId, ids: ReadonlyArray<Id>) => Written<ReadonlyArray<Id>>,
): CleanupResult<State> => {
  let left = state
  let removed = 0
  for (const [userId, rows] of state.users) {
    if (removed >= limit) break
    const ids = expiredOf(rows, limit - removed)
    if (ids.length === 0) continue
    left = toRecorded(purgeOf(left, userId, ids), userId, { ...mutation, record: null }, at)
    removed += ids.length
  }
  return [left, removed]
}

const isDeletedBefore =
  (before: Timestamp) =>
  ({ deletedAt }: { readonly deletedAt: Timestamp | null }): boolean =>
    deletedAt !== null && deletedAt < before

/** Destroys tasks that were deleted before the time. */
export const cleanTasks = (moment: CleanupMoment, state: State, before: Timestamp, limit: number) =>
  purge(moment, state, limit, ({ tasks }, room) => expiredKeys(tasks, isDeletedBefore(before), room), purgeTasks)

/** Destroys categories that were deleted before the time. */
export const cleanCategories = (moment: CleanupMoment, state: State, before: Timestamp, limit: number) =>
  purge(
    moment,
    state,
    limit,
    ({ categories }, room) => expiredKeys(categories, isDeletedBefore(before), room),
    purgeCategories,
  )

/** Removes changes from before the time, the oldest of each user first. */
export const cleanChanges = (state: State, before: Timestamp, limit: number) =>
  cleanEveryUser(state, limit, (rows, room) => {
    const [changes, removed] = trim(rows.changes, before, room)
    return [{ ...rows, changes }, removed]
  })

export const cleanIdempotencyRecords = (state: State, before: Timestamp, limit: number) =>
  cleanEveryUser(state, limit, (rows, room) => {
    const keys = expiredKeys(rows.idempotencyRecords, ({ at }) => at < before, room)
    return [{ ...rows, idempotencyRecords: HashMap.removeMany(rows.idempotencyRecords, keys) }, keys.length]
  })
