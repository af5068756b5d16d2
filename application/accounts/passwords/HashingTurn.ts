// Says which password goes first when more wait than can be hashed.

/**
 * What is known of the caller, the first to be served first: a pair of address and account that has logged in before,
 * an address of which nothing bad is known, an address that lately failed to log in.
 */
export const hashingPriorities = ["known", "fresh", "suspect"] as const
export type HashingPriority = (typeof hashingPriorities)[number]

/** A place in the line. Callers of one priority take turns by their address, so none of them can fill the line. */
export interface HashingTurn {
  readonly priority: HashingPriority
  /** The network address, or another name for the caller if that is not what the work depends on. */
  readonly address: string
}
