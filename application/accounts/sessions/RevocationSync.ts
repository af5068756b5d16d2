// Says whether this process may trust an access token that its own memory of ended sessions does not refuse.
import { Context, Effect } from "effect"

/** How current this process is about the sessions that other processes end. */
export interface RevocationSyncShape {
  /**
   * Succeeds once every session that was ended up to the bound before this call is in `EndedSessions`. Costs a
   * comparison while the last successful look is younger than that. Otherwise it looks now, and dies with
   * `Unavailable` if the store does not answer.
   */
  readonly ensureCurrent: Effect.Effect<void>
}

/** Current by default: a process that shares its store with no other process ends all sessions itself. */
export const RevocationSync = Context.Reference<RevocationSyncShape>("taskwright/RevocationSync", {
  defaultValue: () => ({ ensureCurrent: Effect.void }),
})

/**
 * For how long a process trusts access tokens without a successful look at the sessions that were ended, in
 * milliseconds: 10 seconds, unless a composition root says otherwise.
 */
export const RevocationBound = Context.Reference<number>("taskwright/RevocationBound", {
  defaultValue: () => 10_000,
})
