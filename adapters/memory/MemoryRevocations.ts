/** Maintains lists of revoked sessions and API tokens across all users, sorted by the time of revocation. */
import type { Timestamp } from "../../domain/shared/Timestamp.ts"
import type { Revocation } from "./MemoryStore.ts"

/** How many revocations a list holds: the latest. */
const maxRevocations = 100_000

/** Returns the index of the first entry that was revoked at the time or later. */
const indexOfRevokedSince = <Id>(revocations: ReadonlyArray<Revocation<Id>>, since: Timestamp): number => {
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

/** Returns what was revoked at the time or later. */
export const revokedSince = <Id>(revocations: ReadonlyArray<Revocation<Id>>, since: Timestamp): ReadonlyArray<Id> =>
  revocations.slice(indexOfRevokedSince(revocations, since)).map(({ id }) => id)

/** Returns the list with the newly revoked ids inserted, sorted by the time of revocation. */
export const withRevoked = <Id>(
  revocations: ReadonlyArray<Revocation<Id>>,
  ids: ReadonlyArray<Id>,
  at: Timestamp,
): ReadonlyArray<Revocation<Id>> =>
  revocations
    .toSpliced(indexOfRevokedSince(revocations, at), 0, ...ids.map((id) => ({ id, revokedAt: at })))
    .slice(-maxRevocations)
