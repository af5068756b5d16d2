/** Writes the access log. */
import { Cause, Effect } from "effect"
import { Unavailable } from "../../../../application/shared/Unavailable.ts"
import type { Identity } from "../../../../domain/accounts/Identity.ts"
import type { RequestContext } from "../request/RequestContext.ts"

/**
 * Logs one line for each request. It contains the route's template, never the raw path or query, which could contain a
 * token. It contains the cause if the service itself failed. `responseBytes` counts the body; null if it is a stream.
 */
export const logAccess = (
  { identity, path, rateLimit, request: { method = "" } }: RequestContext,
  status: number,
  responseBytes: number | null,
  durationMillis: number,
  cause?: Cause.Cause<unknown>,
): Effect.Effect<void> => {
  const line = Effect.annotateLogs({
    method,
    route: `${method === "HEAD" ? "GET" : method} ${path ?? "(none)"}`,
    status,
    duration_ms: durationMillis,
    ...(responseBytes !== null && { response_bytes: responseBytes }),
    limited: rateLimit !== null && !rateLimit.quota.isAllowed,
    ...(identity !== null && callerOf(identity)),
  })
  if (status === 500) return line(Effect.logError("request failed", cause ?? Cause.empty))
  if (status === 503) return line(Effect.logWarning("request refused: unavailable", reasonOf(cause)))
  return line(Effect.logInfo("request"))
}

const callerOf = (identity: Identity) =>
  identity._tag === "Session"
    ? { user_id: identity.userId, session_id: identity.sessionId }
    : { user_id: identity.userId, token_id: identity.tokenId }

const reasonOf = (cause: Cause.Cause<unknown> | undefined): string => {
  const error = cause === undefined ? undefined : Cause.squash(cause)
  return error instanceof Unavailable ? error.dependency : "unknown"
}
