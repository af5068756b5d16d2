/** Implements `RevokedSessions` with Redis's publish and subscribe. */
import { Effect, Layer } from "effect"
import { RevokedSessions } from "../../application/accounts/sessions/RevokedSessions.ts"
import { SessionId } from "../../domain/accounts/SessionId.ts"
import type { RedisConnection } from "./connection/RedisConnection.ts"
import { publishOn } from "./PublishedRevocations.ts"

/** Wraps the given `RevokedSessions` of this process. */
export const layer: Layer.Layer<RevokedSessions, never, RedisConnection | RevokedSessions> = Layer.effect(
  RevokedSessions,
  Effect.flatMap(RevokedSessions, (local) => publishOn("ended-sessions", SessionId, local)),
)
