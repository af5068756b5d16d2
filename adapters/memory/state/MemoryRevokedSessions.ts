/** Implements `RevokedSessions` for one process. */
import { Effect, Layer } from "effect"
import { RevokedSessions } from "../../../application/accounts/sessions/RevokedSessions.ts"
import { AccessTokens } from "../../../application/accounts/tokens/AccessTokens.ts"
import type { SessionId } from "../../../domain/accounts/SessionId.ts"
import { makeRevokedIds } from "./RevokedIds.ts"

/** An access token may be verified by a clock that is minutes behind the clock of its issuer. */
const leewayMillis = 15 * 60_000

/** Remembers revoked sessions in this process for slightly longer than the given lifetime of an access token. */
export const make = (lifetimeMillis: number): RevokedSessions["Service"] =>
  RevokedSessions.of(makeRevokedIds<SessionId>(lifetimeMillis + leewayMillis))

/** Calls `make` with the lifetime of the configured `AccessTokens`. */
export const layer: Layer.Layer<RevokedSessions, never, AccessTokens> = Layer.effect(
  RevokedSessions,
  Effect.map(AccessTokens, ({ lifetimeMillis }) => make(lifetimeMillis)),
)
