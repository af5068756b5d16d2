/** The port that stores outgoing emails until they are sent. */
import { Context, type Effect, type Option } from "effect"
import type { UserId } from "../../domain/accounts/UserId.ts"
import type { Timestamp } from "../../domain/shared/Timestamp.ts"

/**
 * The kinds of email that the service sends. Stores keep these words, so a kind may be added but not renamed. No name of a
 * type or a use case is stored.
 */
export type EmailKind = "VerifyEmail" | "ResetPassword" | "PasswordChanged" | "TokenTheft"

/**
 * An email that is waiting to be sent. Its text and its token are created when it is sent. The token is therefore never
 * stored except as a hash, and its lifetime starts when the email is sent.
 */
export interface OutgoingEmail {
  readonly id: string
  readonly userId: UserId
  readonly kind: EmailKind
  readonly createdAt: Timestamp
}

/** An email that one process has leased in order to send it. */
export interface ClaimedEmail extends OutgoingEmail {
  /** The number of claims, including this one. */
  readonly attempts: number
}

/** The queue of outgoing emails. An email is stored in the unit of work of its cause, and any process may send it. */
export class Outbox extends Context.Service<
  Outbox,
  {
    /** Stores a new email, due at once. The user MUST have an account. Deleting the account deletes its emails. */
    readonly add: (email: OutgoingEmail) => Effect.Effect<void>

    /**
     * Leases up to `limit` emails that are due at `at` until `until`, the longest due first. The caller MUST record
     * each outcome before `until`, when the email is due again. Each email MUST be leased to exactly one of any
     * concurrent callers.
     */
    readonly claim: (options: {
      readonly at: Timestamp
      readonly until: Timestamp
      readonly limit: number
    }) => Effect.Effect<ReadonlyArray<ClaimedEmail>>

    /**
     * Marks the email as sent or no longer needed. It is never due again, even if another process has claimed it since.
     */
    readonly markSent: (email: ClaimedEmail, at: Timestamp) => Effect.Effect<void>

    /**
     * Makes the email due again at `until` after a failed attempt. The reason (at most 500 characters) contains no
     * address and no token. If the lease has been taken over or the email is done, this MUST be a no-op.
     */
    readonly postpone: (email: ClaimedEmail, until: Timestamp, reason: string) => Effect.Effect<void>

    /**
     * Makes the email a dead letter: stored for an operator, and never due again. The rules for the reason and the
     * lease are those of `postpone`.
     */
    readonly markDead: (email: ClaimedEmail, at: Timestamp, reason: string) => Effect.Effect<void>

    /** Returns how many emails of the kind were queued for the user at or after the time, with any outcome. */
    readonly countSince: (userId: UserId, kind: EmailKind, at: Timestamp) => Effect.Effect<number>

    /** The numbers of waiting emails and of dead letters, over all users. */
    readonly counts: Effect.Effect<{ readonly waiting: number; readonly dead: number }>

    /**
     * The time at which the oldest waiting email was queued, over all users; none if no email waits. An email that was
     * claimed or postponed still waits. The store MUST find it without reading all waiting emails, if it can hold many.
     */
    readonly oldestWaiting: Effect.Effect<Option.Option<Timestamp>>
  }
>()("taskwright/Outbox") {}
