import { Context, type Effect, type Option } from "effect"
import type { RefreshToken, Session } from "../../domain/accounts/Session.ts"
import type { SessionId } from "../../domain/accounts/SessionId.ts"
import type { TokenHash } from "../../domain/accounts/TokenHash.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import type { Timestamp } from "../../domain/shared/Timestamp.ts"

/** What is known of a presented refresh token. */
export interface HeldToken {
  readonly session: Session
  readonly presented: RefreshToken
  /** The token that took its place, where one did. */
  readonly successor: RefreshToken | null
}

/** Keeps sessions with all refresh tokens they have had, so that a replaced one is known when it comes back. */
export class SessionRepository extends Context.Service<
  SessionRepository,
  {
    /** Keeps a new session and its first token. */
    readonly insert: (session: Session, token: RefreshToken) => Effect.Effect<void>

    /**
     * What is known of the user's refresh token with that hash; inside `UnitOfWork.atomically` nobody else can change
     * the session until the unit ends.
     */
    readonly findByTokenForUpdate: (userId: UserId, hash: TokenHash) => Effect.Effect<Option.Option<HeldToken>>

    /** Stores a rotation: the session as used, the token as replaced, and its successor. */
    readonly rotate: (session: Session, replaced: RefreshToken, successor: RefreshToken) => Effect.Effect<void>

    /** Ends the user's session, if it runs: a later end does not change the first. */
    readonly end: (userId: UserId, sessionId: SessionId, at: Timestamp) => Effect.Effect<void>

    /** The sessions, of all users, that were ended at or after the time. */
    readonly endedSince: (at: Timestamp) => Effect.Effect<ReadonlyArray<SessionId>>
  }
>()("taskwright/SessionRepository") {}
