/** Remembers the names of the sessions that change tasks, so that a change need not look its actor's name up. */

import type { SessionId } from "../../domain/accounts/SessionId.ts"
import type { ActorName } from "../../domain/changes/Actor.ts"

/** The maximum number of sessions. When it is reached, all are removed. */
const capacity = 20_000

/** Returns a bounded map from sessions to their names. A session gets its name when it starts, and keeps it. */
export const makeSessionNames = () => {
  const names = new Map<SessionId, ActorName | null>()
  return {
    /** Returns undefined if the name is unknown, and null if the session has none. */
    get: (sessionId: SessionId): ActorName | null | undefined => names.get(sessionId),
    set: (sessionId: SessionId, name: ActorName | null): void => {
      if (names.size >= capacity) names.clear()
      names.set(sessionId, name)
    },
  }
}
