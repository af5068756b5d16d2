/**
 * Tracks which profile invalidations Redis has yet to receive, so that the profile cache can repeat them after an
 * outage.
 */
import type { UserId } from "../../domain/accounts/UserId.ts"

/** The maximum number of users; beyond it, the oldest are dropped. */
const userLimit = 10_000

/**
 * Users with a cached profile that this process invalidated recently. Redis may have missed the invalidation during an
 * outage. It may also have restored an older state from its disk or from a replica.
 */
export interface ForgottenUsers {
  readonly add: (userId: UserId) => void
  /** Records that Redis received the invalidation when `outages` outages had been counted. */
  readonly sent: (userId: UserId, outages: number) => void
  /** Returns the users with an invalidation that must be sent again. */
  readonly unsent: () => ReadonlyArray<UserId>
  /**
   * Until when (`performance.now`) cached profiles may be stale because too many users were invalidated and some were
   * dropped.
   */
  readonly isIncompleteUntil: () => number
}

/** Keeps each user for as long as a profile may stay cached. */
export const makeForgottenUsers = (lifetimeMillis: number, outages: () => number): ForgottenUsers => {
  const users = new Map<UserId, { readonly atMillis: number; sentAfter: number | null }>()
  let isIncompleteUntil = 0

  const dropOld = (nowMillis: number): void => {
    for (const [userId, { atMillis }] of users) {
      const isOld = atMillis + lifetimeMillis <= nowMillis
      if (!isOld && users.size <= userLimit) return
      users.delete(userId)
      if (!isOld) isIncompleteUntil = atMillis + lifetimeMillis
    }
  }

  return {
    add: (userId) => {
      const atMillis = performance.now()
      users.delete(userId)
      users.set(userId, { atMillis, sentAfter: null })
      dropOld(atMillis)
    },
    sent: (userId, outagesThen) => {
      const user = users.get(userId)
      if (user !== undefined) user.sentAfter = outagesThen
    },
    unsent: () => {
      dropOld(performance.now())
      const now = outages()
      return [...users].filter(([, { sentAfter }]) => sentAfter !== now).map(([userId]) => userId)
    },
    isIncompleteUntil: () => isIncompleteUntil,
  }
}
