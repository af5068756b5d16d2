/**
 * The service that tells whether this process may accept an access token that its own copy of the revoked sessions does
 * not refuse.
 */
import { Context, Effect } from "effect"

/** How current this process's copy of the revoked sessions is. */
export interface RevocationSyncShape {
  /**
   * Succeeds when `RevokedSessions` contains every session that was revoked up to the bound before this call. Costs
   * only a comparison while the last successful read is younger than the bound. Otherwise it reads now, and dies with
   * `Unavailable` if the store does not respond.
   */
  readonly ensureCurrent: Effect.Effect<void>
}

/** Current by default, because a process that shares its store with no other process revokes all sessions itself. */
export const RevocationSync = Context.Reference<RevocationSyncShape>("taskwright/RevocationSync", {
  defaultValue: () => ({ ensureCurrent: Effect.void }),
})

/**
 * How long a process accepts access tokens without a successful read of the revoked sessions, in milliseconds. The
 * default is 10 seconds; a composition root may provide another value.
 */
export const RevocationBound = Context.Reference<number>("taskwright/RevocationBound", {
  defaultValue: () => 10_000,
})
