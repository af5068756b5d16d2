/** The port that remembers revoked sessions. */
import { Context, type Effect } from "effect"
import type { SessionId } from "../../../domain/accounts/SessionId.ts"

/**
 * Remembers which sessions were revoked, for as long as one of their access tokens could be valid. Such a token is then
 * refused without a database query on every request.
 */
export class RevokedSessions extends Context.Service<
  RevokedSessions,
  {
    /** Records a session that this process revoked. Other processes that share this store learn of it too. */
    readonly revoke: (sessionId: SessionId) => Effect.Effect<void>

    /** Records a session that any process revoked, in this process alone. */
    readonly remember: (sessionId: SessionId) => Effect.Effect<void>

    readonly has: (sessionId: SessionId) => Effect.Effect<boolean>
  }
>()("taskwright/RevokedSessions") {}
