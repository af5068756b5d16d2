/** Collects the adapters that share their state through Redis into one layer. */
import { Layer } from "effect"
import type { EphemeralStores } from "../../application/Ports.ts"
import * as RedisChangeSignal from "./RedisChangeSignal.ts"
import * as RedisLoginThrottle from "./RedisLoginThrottle.ts"
import * as RedisProfileCache from "./RedisProfileCache.ts"
import * as RedisRateLimiter from "./RedisRateLimiter.ts"
import * as RedisRevokedApiTokens from "./RedisRevokedApiTokens.ts"
import * as RedisRevokedSessions from "./RedisRevokedSessions.ts"

/** All ephemeral stores, for processes that share a Redis. Each wraps the given in-process store. */
export const layer = Layer.mergeAll(
  RedisChangeSignal.layer,
  RedisRevokedApiTokens.layer,
  RedisRevokedSessions.layer,
  RedisLoginThrottle.layer,
  RedisProfileCache.layer,
  RedisRateLimiter.layer,
) satisfies Layer.Layer<EphemeralStores, never, unknown>
