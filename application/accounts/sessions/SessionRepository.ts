/** The port that stores sessions and their refresh tokens. */
import { Context, type Effect, type Option } from "effect"
import type { RefreshToken, Session } from "../../../domain/accounts/Session.ts"
import type { SessionId } from "../../../domain/accounts/SessionId.ts"
import type { TokenHash } from "../../../domain/accounts/TokenHash.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"
import type { Timestamp } from "../../../domain/shared/Timestamp.ts"

/** The stored record of a presented refresh token. */
export interface RefreshTokenRecord {
  readonly session: Session
  readonly presented: RefreshToken
  /** The token that replaced it, if any. */
  readonly successor: RefreshToken | null
}

/** The maximum number of a user's sessions in a list, beside the current one. */
export const maxListedSessions = 100

/**
 * Stores sessions with all refresh tokens that they have had, so that a replaced token is recognized when it is reused.
 */
export class SessionRepository extends Context.Service<
  SessionRepository,
  {
    /** Stores a new session and its first token. */
    readonly insert: (session: Session, token: RefreshToken) => Effect.Effect<void>

    /**
     * Returns the record of the user's refresh token with this hash. Inside `UnitOfWork.atomically` it also locks the
     * session until the unit ends.
     */
    readonly findByTokenForUpdate: (userId: UserId, hash: TokenHash) => Effect.Effect<Option.Option<RefreshTokenRecord>>

    /** Stores a rotation: the session with its last use, the replaced token, and its successor. */
    readonly rotate: (session: Session, replaced: RefreshToken, successor: RefreshToken) => Effect.Effect<void>

    /**
     * Returns the user's sessions that are active at the time, neither revoked nor expired. The current one comes
     * first, then the others by their last use, the latest first, 100 of them at most.
     */
    readonly list: (userId: UserId, current: SessionId, at: Timestamp) => Effect.Effect<ReadonlyArray<Session>>

    /**
     * Revokes the user's session, and returns whether it was active until then. A later revocation does not change the
     * time of the first. The time MUST come from the clock that `time` reads.
     */
    readonly revoke: (userId: UserId, sessionId: SessionId) => Effect.Effect<boolean>

    /** Revokes all active sessions of the user except `except`, and returns the ids of those that it revoked. */
    readonly revokeAll: (userId: UserId, except: SessionId | null) => Effect.Effect<ReadonlyArray<SessionId>>

    /**
     * Returns the sessions of all users that were revoked at or after the time, including those of deleted accounts.
     */
    readonly revokedSince: (at: Timestamp) => Effect.Effect<ReadonlyArray<SessionId>>

    /**
     * The time of the store's own clock. All processes on one store read the same time, independent of their own
     * clocks.
     */
    readonly time: Effect.Effect<Timestamp>
  }
>()("taskwright/SessionRepository") {}
