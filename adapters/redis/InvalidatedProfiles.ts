import type { UserId } from "../../domain/accounts/UserId.ts"

/** How many are kept at most; of more, the first are dropped. */
const userLimit = 10_000

/**
 * Whom this process forgot lately. A Redis that was away may not know of it: it was not told, or it came back as it had
 * been before, from its disk or from a replica.
 */
export interface ForgottenUsers {
  readonly add: (userId: UserId) => void
  /** Redis was told, after that many outages. */
  readonly sent: (userId: UserId, outages: number) => void
  /** Who has to be told again. */
  readonly unsent: () => ReadonlyArray<UserId>
  /** Until when (`performance.now`) profiles may be old though nobody is left to tell: too many were forgotten. */
  readonly isIncompleteUntil: () => number
}

/** Keeps each for as long as a profile could be remembered. */
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
