/** Wakes those that wait for changes in this process by the changes that other processes made. */
import { Effect, Layer } from "effect"
import type { UserId } from "../../domain/accounts/UserId.ts"
import type { SequenceNumber } from "../../domain/changes/Change.ts"
import { pollForever } from "../shared/Poll.ts"
import { Unavailable } from "../shared/Unavailable.ts"
import { ChangeRepository } from "./ChangeRepository.ts"
import { ChangeSignal } from "./ChangeSignal.ts"

/** The poll interval in milliseconds. With nothing else, a change of another process arrives within it. */
const intervalMillis = 1_000
const timeoutMillis = 3_000
/** How many users one read of the store is for. */
const usersPerRead = 1_000

/**
 * Compares once a second the newest place of each watched user's history with that of the second before, and wakes the
 * watchers if they differ. `ChangeSignal` may lose the wake-ups of other processes; this finds each of their changes. A
 * read that fails is repeated in the next second.
 */
export const pollChanges = Layer.effectDiscard(
  Effect.gen(function* () {
    const { latestOf } = yield* ChangeRepository
    const { wake, watched } = yield* ChangeSignal

    /** The newest places at the last poll. A deleted user has null. */
    let seen: ReadonlyMap<UserId, SequenceNumber | null> = new Map()

    const poll = Effect.gen(function* () {
      const found = new Map<UserId, SequenceNumber | null>()
      const all = yield* watched
      for (let first = 0; first < all.length; first += usersPerRead) {
        const users = all.slice(first, first + usersPerRead)
        const latest = yield* latestOf(users)
        for (const userId of users) {
          const place = latest.get(userId) ?? null
          found.set(userId, place)
          // A user that is new here is woken too: another process may have written since the watcher's first read.
          if (seen.get(userId) !== place) yield* wake(userId)
        }
      }
      seen = found
    }).pipe(
      Effect.timeoutOrElse({
        duration: timeoutMillis,
        orElse: () =>
          Effect.die(
            new Unavailable({
              dependency: `the changes (not read within ${timeoutMillis} ms)`,
              retryAfterMillis: 1_000,
            }),
          ),
      }),
    )

    yield* pollForever(poll, intervalMillis, "Could not look for changes; trying again.")
  }),
)
