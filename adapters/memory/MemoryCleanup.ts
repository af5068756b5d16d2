/** How expired rows are removed from the memory store, whatever their kind: user by user, up to a limit. */
import type { HashMap } from "effect"
import { type State, type UserRows, withRows } from "./MemoryStore.ts"

/** The remaining rows, and the number of removed ones. */
export type CleanupResult<Rows> = readonly [left: Rows, removed: number]

/** Returns the keys of up to `room` expired rows. */
export const expiredKeys = <Key, Row>(
  rows: HashMap.HashMap<Key, Row>,
  isExpired: (row: Row, key: Key) => boolean,
  room: number,
): ReadonlyArray<Key> => {
  const keys: Array<Key> = []
  for (const [key, row] of rows) {
    if (keys.length >= room) break
    if (isExpired(row, key)) keys.push(key)
  }
  return keys
}

/** Cleans the rows of one user after the other, until `limit` rows are removed. */
export const cleanEveryUser = (
  state: State,
  limit: number,
  clean: (rows: UserRows, room: number) => CleanupResult<UserRows>,
): CleanupResult<State> => {
  let left = state
  let removed = 0
  for (const [userId, rows] of state.users) {
    if (removed >= limit) break
    const [remaining, count] = clean(rows, limit - removed)
    if (count === 0) continue
    left = withRows(left, userId, remaining)
    removed += count
  }
  return [left, removed]
}
