import { Context, type Effect, type Option } from "effect"
import type { RefreshToken, Session } from "../../../domain/accounts/Session.ts"
import type { SessionId } from "../../../domain/accounts/SessionId.ts"
import type { TokenHash } from "../../../domain/accounts/TokenHash.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"
import type { Timestamp } from "../../../domain/shared/Timestamp.ts"

/** What is known of a presented refresh token. */
export interface RefreshTokenRecord {
  readonly session: Session
  readonly presented: RefreshToken
  /** The token that took its place, where one did. */
  readonly successor: RefreshToken | null
}

/** How many of a user's sessions are listed at most, beside the one that asks. */
export const maxListedSessions = 100

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
    readonly findByTokenForUpdate: (userId: UserId, hash: TokenHash) => Effect.Effect<Option.Option<RefreshTokenRecord>>

    /** Stores a rotation: the session as used, the token as replaced, and its successor. */
    readonly rotate: (session: Session, replaced: RefreshToken, successor: RefreshToken) => Effect.Effect<void>

    /**
     * The user's sessions that run at the time, neither ended nor expired: the current one first, then the others by
     * their last use, the latest first, 100 of them at most.
     */
    readonly list: (userId: UserId, current: SessionId, at: Timestamp) => Effect.Effect<ReadonlyArray<Session>>

    /**
     * Ends the user's session, and says whether it ran until then: a later end does not change the first. The time of
     * an end MUST come from the clock that `time` reads.
     */
    readonly end: (userId: UserId, sessionId: SessionId) => Effect.Effect<boolean>

    /** Ends all of the user's sessions that run, but the one that is named, and gives those that it ended. */
    readonly endAll: (userId: UserId, except: SessionId | null) => Effect.Effect<ReadonlyArray<SessionId>>

    /** The sessions, of all users, that were ended at or after the time; those of deleted accounts too. */
    readonly endedSince: (at: Timestamp) => Effect.Effect<ReadonlyArray<SessionId>>

    /** The time by the store's own clock: all processes on one store read the same, whatever their own clocks say. */
    readonly time: Effect.Effect<Timestamp>
  }
>()("taskwright/SessionRepository") {}
