import { Context, type Effect } from "effect"
import type { Timestamp } from "../../domain/shared/Timestamp.ts"

/** What is over: everything that ended before these times. */
export interface ExpiredBefore {
  /** Sessions by their end or expiry, what is remembered of ended ones, and tokens of every kind by their expiry. */
  readonly sessionsAndTokens: Timestamp
  /** Mails by when they were sent. */
  readonly sentEmails: Timestamp
  /** Mails by when they were given up. */
  readonly deadLetters: Timestamp
  /** Deleted tasks by when they were deleted. */
  readonly deletedTasks: Timestamp
}

/** How many rows of each kind were removed. */
export interface RemovedCounts {
  readonly sessions: number
  /** What was remembered of ended sessions beside the sessions themselves. */
  readonly endedSessions: number
  readonly refreshTokens: number
  readonly emailVerifications: number
  readonly passwordResets: number
  readonly outgoingEmails: number
  readonly tasks: number
}

/** Removes what is over, of all users. */
export class ExpiredRecords extends Context.Service<
  ExpiredRecords,
  {
    /**
     * Removes at most `limit` rows of each kind that are over, and tells how many; null where another process is at it.
     * To be called inside `UnitOfWork.atomically`: until that unit ends no other process MUST get its turn. A session
     * goes once its refresh tokens are gone, so that one with many takes several batches; a task goes with its
     * assignments. What somebody else holds right now MAY be left for another time.
     */
    readonly removeBatch: (before: ExpiredBefore, limit: number) => Effect.Effect<RemovedCounts | null>
  }
>()("taskwright/Housekeeping") {}
