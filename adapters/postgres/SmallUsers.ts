import type { UserId } from "../../domain/accounts/UserId.ts"

/** How many users are remembered, and how many are added before all are forgotten, so that what changed is seen. */
const capacity = 20_000

/** Remembers something of users for a while. */
export const makeRecentUsers = () => {
  const users = new Set<UserId>()
  return {
    has: (userId: UserId): boolean => users.has(userId),
    add: (userId: UserId): void => {
      if (users.size >= capacity) users.clear()
      users.add(userId)
    },
  }
}
