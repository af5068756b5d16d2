/** Implements `RevokedApiTokens` with Redis's publish and subscribe. */
import { Effect, Layer } from "effect"
import { RevokedApiTokens } from "../../application/accounts/tokens/RevokedApiTokens.ts"
import { ApiTokenId } from "../../domain/accounts/ApiTokenId.ts"
import type { RedisConnection } from "./connection/RedisConnection.ts"
import { publishOn } from "./PublishedRevocations.ts"

/** Wraps the given `RevokedApiTokens` of this process. */
export const layer: Layer.Layer<RevokedApiTokens, never, RedisConnection | RevokedApiTokens> = Layer.effect(
  RevokedApiTokens,
  Effect.flatMap(RevokedApiTokens, (local) => publishOn("revoked-api-tokens", ApiTokenId, local)),
)
