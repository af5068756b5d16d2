import { Context, type Effect } from "effect"
import type { SessionId } from "../../../domain/accounts/SessionId.ts"

/**
 * Remembers which sessions were ended, for as long as an access token of theirs could be good, so that such a token is
 * refused without asking the database on every request.
 */
export class RevokedSessions extends Context.Service<
  RevokedSessions,
  {
    /** The session was ended here: this process knows, and the others that share a Redis are told. */
    readonly revoke: (sessionId: SessionId) => Effect.Effect<void>

    /** The session was ended somewhere: this process knows, and tells nobody. */
    readonly remember: (sessionId: SessionId) => Effect.Effect<void>

    readonly has: (sessionId: SessionId) => Effect.Effect<boolean>
  }
>()("taskwright/EndedSessions") {}
