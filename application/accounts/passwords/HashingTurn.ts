/** Decides the order in which waiting passwords are hashed, if more are waiting than can be hashed at once. */

/**
 * The priorities of callers, highest first. `known`: this address has logged in to this account before. `fresh`:
 * nothing bad is known of the address. `suspect`: the address recently failed to log in.
 */
export const hashingPriorities = ["known", "fresh", "suspect"] as const
export type HashingPriority = (typeof hashingPriorities)[number]

/** A position in the queue. Callers of one priority take turns by their address, so none of them can fill the queue. */
export interface HashingTurn {
  readonly priority: HashingPriority
  /** The network address, or another key of the caller if the work does not depend on the address. */
  readonly address: string
}
