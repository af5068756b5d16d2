import { Cause, Effect } from "effect"
import { Unavailable } from "../../../../application/shared/Unavailable.ts"
import type { RequestStateShape } from "../request/RequestContext.ts"

/**
 * One line a request. It holds the route's template, never the raw path or query, where a token could stand; and the
 * cause where the service itself failed.
 */
export const logAccess = (
  method: string,
  state: RequestStateShape,
  status: number,
  durationMillis: number,
  cause?: Cause.Cause<unknown>,
): Effect.Effect<void> => {
  const line = Effect.annotateLogs({
    method,
    route: state.route,
    status,
    duration_ms: durationMillis,
    ...(state.identity !== null && { user_id: state.identity.userId, session_id: state.identity.sessionId }),
  })
  if (status === 500) return line(Effect.logError("request failed", cause ?? Cause.empty))
  if (status === 503) return line(Effect.logWarning("request refused: unavailable", reasonOf(cause)))
  return line(Effect.logInfo("request"))
}

const reasonOf = (cause: Cause.Cause<unknown> | undefined): string => {
  const error = cause === undefined ? undefined : Cause.squash(cause)
  return error instanceof Unavailable ? error.dependency : "unknown"
}
