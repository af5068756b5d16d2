/** The caller of a request, once its access token is verified. */
import type { SessionId } from "./SessionId.ts"
import type { UserId } from "./UserId.ts"

/** The user and the session that a request is made in. */
export interface Identity {
  readonly userId: UserId
  readonly sessionId: SessionId
}
