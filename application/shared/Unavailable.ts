/** The defect for a dependency that does not work at the moment. */
import { Data } from "effect"

/**
 * A dependency of the service is unavailable or overloaded for the moment (the database, the pool of hashing threads).
 * Adapters die with it, because no use case can handle it. The driving adapter responds that the client should retry.
 */
export class Unavailable extends Data.TaggedError("Unavailable")<{
  /** The unavailable dependency, described for the log. */
  readonly dependency: string
  /** When a retry may succeed, in milliseconds from now. */
  readonly retryAfterMillis: number
  readonly cause?: unknown
}> {}
