/** The port that deletes expired records from the store. */
import { Context, type Effect } from "effect"
import type { Timestamp } from "../../domain/shared/Timestamp.ts"

/** The times before which records of each kind are expired. */
export interface ExpiredBefore {
  /**
   * Compared with the revocation or expiry of sessions, with the records of revoked sessions and API tokens, and with the
   * expiry of all tokens.
   */
  readonly sessionsAndTokens: Timestamp
  /** Compared with the time when an email was sent. */
  readonly sentEmails: Timestamp
  /** Compared with the time when an email became a dead letter. */
  readonly deadLetters: Timestamp
  /** Compared with the time when a task or a category was deleted. */
  readonly deletedTasks: Timestamp
  /** Compared with the time of a change. */
  readonly changes: Timestamp
  /** Compared with the time of a request with an idempotency key. */
  readonly idempotencyRecords: Timestamp
}

/** The number of removed rows of each kind. */
export interface RemovedCounts {
  readonly sessions: number
  /** Records of revoked sessions and API tokens that are stored beside the sessions and tokens themselves. */
  readonly revocations: number
  readonly refreshTokens: number
  readonly apiTokens: number
  readonly emailVerifications: number
  readonly passwordResets: number
  readonly outgoingEmails: number
  readonly tasks: number
  readonly categories: number
  readonly changes: number
  readonly idempotencyRecords: number
}

/** Removes the expired records of all users. */
export class ExpiredRecords extends Context.Service<
  ExpiredRecords,
  {
    /**
     * Removes at most `limit` expired rows of each kind and returns the counts, or null if another process is cleaning
     * up. MUST be called inside `UnitOfWork.atomically`. The adapter MUST hold the cleanup lock until that unit ends. A
     * session is removed after its refresh tokens, so a session with many tokens takes several batches. A task or
     * category is removed with its assignments. The values of its changes become null, and a change `purged` is recorded
     * at the time `at`, with the data of `CurrentMutation`. Changes are removed from the oldest on, without a gap. Locked
     * rows MAY be skipped.
     */
    readonly removeBatch: (before: ExpiredBefore, limit: number, at: Timestamp) => Effect.Effect<RemovedCounts | null>
  }
>()("taskwright/ExpiredRecords") {}
