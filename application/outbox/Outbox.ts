import { Context, type Effect } from "effect"
import type { UserId } from "../../domain/accounts/UserId.ts"
import type { Timestamp } from "../../domain/shared/Timestamp.ts"

/** What a mail is about. */
export type EmailKind = "VerifyEmail" | "ResetPassword" | "PasswordChanged" | "TokenTheft"

/**
 * A mail that is to be sent to a user. It is worded when it is sent, and the token in it is made then: so none is ever
 * stored but as its hash, and its life begins when the mail goes out.
 */
export interface OutgoingEmail {
  readonly id: string
  readonly userId: UserId
  readonly kind: EmailKind
  readonly createdAt: Timestamp
}

/** A mail that somebody has taken to send it now. */
export interface ClaimedEmail extends OutgoingEmail {
  /** How many times it was claimed, this one included. */
  readonly attempts: number
}

/** The mails that are to be sent: written in the unit of work of what causes them, sent by any process. */
export class Outbox extends Context.Service<
  Outbox,
  {
    /** Keeps a new mail, due at once. The user MUST have an account; with the account its mails go too. */
    readonly add: (email: OutgoingEmail) => Effect.Effect<void>

    /**
     * Takes up to `limit` mails that are due at `at`, those that were due first, in that order, and lets them be due
     * again at `until`: who claims one has until then to say what became of it. Of any number of claims at once exactly
     * one MUST get each.
     */
    readonly claim: (options: {
      readonly at: Timestamp
      readonly until: Timestamp
      readonly limit: number
    }) => Effect.Effect<ReadonlyArray<ClaimedEmail>>

    /** It was sent, or nobody needs it any more: it is never due again, whoever has claimed it since. */
    readonly markSent: (email: ClaimedEmail, at: Timestamp) => Effect.Effect<void>

    /**
     * It could not be sent, and is due again at `until`. The reason (at most 500 characters) holds no address and no
     * token. Who claimed it too long ago has no say: where it was claimed again since, or is done with, this MUST change
     * nothing.
     */
    readonly postpone: (email: ClaimedEmail, until: Timestamp, reason: string) => Effect.Effect<void>

    /** It cannot be sent, and is a dead letter: kept for an operator, and never due again. Else as `postpone`. */
    readonly markDead: (email: ClaimedEmail, at: Timestamp, reason: string) => Effect.Effect<void>

    /** How many mails of the kind were asked for by or for the user at or after the time, whatever became of them. */
    readonly countSince: (userId: UserId, kind: EmailKind, at: Timestamp) => Effect.Effect<number>

    /** How many mails are still to be sent, and how many are dead letters, over all users. */
    readonly counts: Effect.Effect<{ readonly waiting: number; readonly dead: number }>
  }
>()("taskwright/Outbox") {}
