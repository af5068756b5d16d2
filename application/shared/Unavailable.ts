import { Data } from "effect"

/**
 * Something that the service needs is away or overloaded for the moment (the database, the pool of hashing threads).
 * Adapters die with it: no use case can do anything about it, and the edge answers that the caller should try again.
 */
export class Unavailable extends Data.TaggedError("Unavailable")<{
  /** What is away, in words for the log. */
  readonly dependency: string
  readonly retryAfterSeconds: number
  readonly cause?: unknown
}> {}
