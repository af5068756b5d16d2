/** The port that caches profiles, because they are read far more often than they change. */
import { Context, type Effect } from "effect"
import type { Profile } from "../../domain/accounts/Profile.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"

/** How long a profile may be cached before it is loaded again, in milliseconds. */
export const profileLifetimeMillis = 15 * 60 * 1000

/**
 * How long a profile is not cached after an invalidation, in milliseconds. This is longer than any request may take, so
 * a stale read cannot be cached after the change.
 */
export const invalidationHoldMillis = 60 * 1000

/**
 * Caches profiles (cache-aside). Entries may disappear at any time. A returned profile is never older than a change.
 */
export class ProfileCache extends Context.Service<
  ProfileCache,
  {
    /**
     * Returns the cached profile, which is at most 15 minutes old, or else the result of `load`, which is cached then.
     * Concurrent callers that find no entry load each for itself: the request limit of a user bounds their number. If
     * `load` fails, its caller fails with the same error, and nothing is cached.
     */
    readonly get: <E>(userId: UserId, load: Effect.Effect<Profile, E>) => Effect.Effect<Profile, E>

    /**
     * Invalidates the user's profile, and caches nothing for a minute: every `get` loads for itself. A use case that
     * changes a profile MUST call this in the unit of work, before the commit. Otherwise the old profile could be read
     * after the change.
     */
    readonly invalidate: (userId: UserId) => Effect.Effect<void>
  }
>()("taskwright/ProfileCache") {}
