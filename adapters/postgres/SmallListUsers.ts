/** Tells the task lists which users are known to have few tasks. */
import type { UserId } from "../../domain/accounts/UserId.ts"

/** The maximum number of users. When it is reached, all are removed, so that changes are noticed. */
const capacity = 20_000

/** Returns a bounded set of users. */
export const makeSmallListUsers = () => {
  const users = new Set<UserId>()
  return {
    has: (userId: UserId): boolean => users.has(userId),
    add: (userId: UserId): void => {
      if (users.size >= capacity) users.clear()
      users.add(userId)
    },
  }
}
