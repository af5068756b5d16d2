/** Maintains the list of revoked sessions across all users, sorted by the time of revocation. */
import type { Session } from "../../domain/accounts/Session.ts"
import type { Timestamp } from "../../domain/shared/Timestamp.ts"
import type { EndedSession } from "./MemoryStore.ts"

/** How many revoked sessions the list holds: the latest. */
const endedLimit = 100_000

/** Returns the index of the first session that was revoked at the time or later. */
const indexOfEndedSince = (ended: ReadonlyArray<EndedSession>, since: Timestamp): number => {
  let low = 0
  let high = ended.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const endedAt = ended[middle]?.endedAt
    if (endedAt !== undefined && endedAt < since) low = middle + 1
    else high = middle
  }
  return low
}

/** Returns the sessions that were revoked at the time or later. */
export const endedSince = (ended: ReadonlyArray<EndedSession>, since: Timestamp): ReadonlyArray<EndedSession> =>
  ended.slice(indexOfEndedSince(ended, since))

/** Returns the list with the newly revoked sessions inserted, sorted by the time of revocation. */
export const withEnded = (
  ended: ReadonlyArray<EndedSession>,
  sessions: ReadonlyArray<Session>,
  at: Timestamp,
): ReadonlyArray<EndedSession> =>
  ended
    .toSpliced(indexOfEndedSince(ended, at), 0, ...sessions.map(({ id }) => ({ sessionId: id, endedAt: at })))
    .slice(-endedLimit)
