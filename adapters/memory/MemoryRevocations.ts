/** Maintains the list of revoked sessions across all users, sorted by the time of revocation. */
import type { Session } from "../../domain/accounts/Session.ts"
import type { Timestamp } from "../../domain/shared/Timestamp.ts"
import type { Revocation } from "./MemoryStore.ts"

/** How many revoked sessions the list holds: the latest. */
const maxRevocations = 100_000

/** Returns the index of the first session that was revoked at the time or later. */
const indexOfRevokedSince = (revocations: ReadonlyArray<Revocation>, since: Timestamp): number => {
  let low = 0
  let high = revocations.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const revokedAt = revocations[middle]?.revokedAt
    if (revokedAt !== undefined && revokedAt < since) low = middle + 1
    else high = middle
  }
  return low
}

/** Returns the sessions that were revoked at the time or later. */
export const revokedSince = (revocations: ReadonlyArray<Revocation>, since: Timestamp): ReadonlyArray<Revocation> =>
  revocations.slice(indexOfRevokedSince(revocations, since))

/** Returns the list with the newly revoked sessions inserted, sorted by the time of revocation. */
export const withRevoked = (
  revocations: ReadonlyArray<Revocation>,
  sessions: ReadonlyArray<Session>,
  at: Timestamp,
): ReadonlyArray<Revocation> =>
  revocations
    .toSpliced(indexOfRevokedSince(revocations, at), 0, ...sessions.map(({ id }) => ({ sessionId: id, revokedAt: at })))
    .slice(-maxRevocations)
