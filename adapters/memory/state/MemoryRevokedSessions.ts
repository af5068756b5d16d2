import { Effect, Layer } from "effect"
import { RevokedSessions } from "../../../application/accounts/sessions/RevokedSessions.ts"
import { AccessTokens } from "../../../application/accounts/tokens/AccessTokens.ts"
import type { SessionId } from "../../../domain/accounts/SessionId.ts"
import { makeRecentEntries } from "./LruMap.ts"
import { monotonicMillis } from "./MonotonicTime.ts"

/** How many ended sessions are remembered at most; of more, those that ended first are forgotten. */
const sessionLimit = 1_000_000

/** An access token is checked by a clock that may be minutes behind the one it was issued by. */
const leewayMillis = 15 * 60_000

/** Remembers ended sessions in this process for a little longer than the given life of an access token. */
export const make = (lifetimeMillis: number): RevokedSessions["Service"] => {
  const spanMillis = lifetimeMillis + leewayMillis
  const ended = makeRecentEntries<SessionId, true>(sessionLimit, () => spanMillis)
  const remember = (sessionId: SessionId) =>
    Effect.withFiberSucceed((fiber) => ended.set(sessionId, true, monotonicMillis(fiber)))
  return RevokedSessions.of({
    revoke: remember,
    remember,
    has: (sessionId) => Effect.withFiberSucceed((fiber) => ended.has(sessionId, monotonicMillis(fiber))),
  })
}

/** As `make`, for the access tokens at hand. */
export const layer: Layer.Layer<RevokedSessions, never, AccessTokens> = Layer.effect(
  RevokedSessions,
  Effect.map(AccessTokens, ({ lifetimeMillis }) => make(lifetimeMillis)),
)
