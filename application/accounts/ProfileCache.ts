import { Context, type Effect } from "effect"
import type { Profile } from "../../domain/accounts/Profile.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"

/** How long a profile may be known before it is looked up again, in milliseconds. */
export const profileLifetimeMillis = 15 * 60 * 1000

/**
 * How long nothing is remembered of a user whose profile is about to change, in milliseconds: longer than any request
 * may take, so that what was read before the change cannot be remembered after it.
 */
export const invalidationHoldMillis = 60 * 1000

/** Remembers profiles (cache-aside). What it remembers may go at any time; what it gives is never older than a change. */
export class ProfileCache extends Context.Service<
  ProfileCache,
  {
    /**
     * The profile as it is remembered, for at most 15 minutes, else as `load` finds it. Of any number of callers at once
     * in one process that find nothing, one loads for all. Where `load` fails, its callers fail so, and nothing is
     * remembered.
     */
    readonly get: <E>(userId: UserId, load: Effect.Effect<Profile, E>) => Effect.Effect<Profile, E>

    /**
     * Forgets the user, and remembers nothing for a minute: every `get` loads for itself. Whoever changes a profile
     * calls it in the unit of work, before the change is committed, so that no moment is left for the old one.
     */
    readonly invalidate: (userId: UserId) => Effect.Effect<void>
  }
>()("taskwright/ProfileCache") {}
