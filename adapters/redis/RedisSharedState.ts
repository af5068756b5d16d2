import { Layer } from "effect"
import type { EphemeralStores } from "../../application/Ports.ts"
import * as RedisLoginThrottle from "./RedisLoginThrottle.ts"
import * as RedisProfileCache from "./RedisProfileCache.ts"
import * as RedisRateLimiter from "./RedisRateLimiter.ts"
import * as RedisEndedSessions from "./RedisRevokedSessions.ts"

/** Every guard, for processes that share a Redis, over the guards that each has for itself. */
export const layer = Layer.mergeAll(
  RedisEndedSessions.layer,
  RedisLoginThrottle.layer,
  RedisProfileCache.layer,
  RedisRateLimiter.layer,
) satisfies Layer.Layer<EphemeralStores, never, unknown>
