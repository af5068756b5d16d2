/**
 * Tracks which profile invalidations Redis has yet to receive, so that the profile cache can repeat them after an
 * outage.
 */
import type { UserId } from "../../domain/accounts/UserId.ts"

/** The maximum number of users; beyond it, the oldest are dropped. */
const maxUsers = 10_000

/**
 * Users with a cached profile that this process invalidated recently. Redis may have missed the invalidation during an
 * outage. It may also have restored an older state from its disk or from a replica.
 */
export interface PendingInvalidations {
  readonly add: (userId: UserId) => void
  /** Records that Redis received the invalidation when `outages` outages had been counted. */
  readonly acknowledged: (userId: UserId, outages: number) => void
  /** Returns the users with an invalidation that must be sent again. */
  readonly pending: () => ReadonlyArray<UserId>
  /**
   * Until when (`performance.now`) cached profiles may be stale because too many users were invalidated and some were
   * dropped.
   */
  readonly overflowUntil: () => number
}

/** Keeps each user for as long as a profile may stay cached. */
export const makePendingInvalidations = (lifetimeMillis: number, outages: () => number): PendingInvalidations => {
  const users = new Map<UserId, { readonly atMillis: number; acknowledgedAtOutages: number | null }>()
  let droppedUntil = 0

  const dropOld = (nowMillis: number): void => {
    for (const [userId, { atMillis }] of users) {
      const isOld = atMillis + lifetimeMillis <= nowMillis
      if (!isOld && users.size <= maxUsers) return
      users.delete(userId)
      if (!isOld) droppedUntil = atMillis + lifetimeMillis
    }
  }

  return {
    add: (userId) => {
      const atMillis = performance.now()
      users.delete(userId)
      users.set(userId, { atMillis, acknowledgedAtOutages: null })
      dropOld(atMillis)
    },
    acknowledged: (userId, outagesAtSend) => {
      const user = users.get(userId)
      if (user !== undefined) user.acknowledgedAtOutages = outagesAtSend
    },
    pending: () => {
      dropOld(performance.now())
      const now = outages()
      return [...users]
        .filter(([, { acknowledgedAtOutages }]) => acknowledgedAtOutages !== now)
        .map(([userId]) => userId)
    },
    overflowUntil: () => droppedUntil,
  }
}
