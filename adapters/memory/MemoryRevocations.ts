import type { Session } from "../../domain/accounts/Session.ts"
import type { Timestamp } from "../../domain/shared/Timestamp.ts"
import type { EndedSession } from "./MemoryStore.ts"

/** How many ended sessions are told to those who ask across users: the latest. */
const endedLimit = 100_000

/** Where in the list those begin that ended at the time or later. */
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

/** Those that ended at the time or later. */
export const endedSince = (ended: ReadonlyArray<EndedSession>, since: Timestamp): ReadonlyArray<EndedSession> =>
  ended.slice(indexOfEndedSince(ended, since))

/** The list with the sessions that have just ended, by the time of their end. */
export const withEnded = (
  ended: ReadonlyArray<EndedSession>,
  sessions: ReadonlyArray<Session>,
  at: Timestamp,
): ReadonlyArray<EndedSession> =>
  ended
    .toSpliced(indexOfEndedSince(ended, at), 0, ...sessions.map(({ id }) => ({ sessionId: id, endedAt: at })))
    .slice(-endedLimit)
