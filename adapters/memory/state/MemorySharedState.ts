/** Collects the in-process ephemeral stores into one layer. */
import { Layer } from "effect"
import type { AccessTokens } from "../../../application/accounts/tokens/AccessTokens.ts"
import type { EphemeralStores } from "../../../application/Ports.ts"
import * as MemoryChangeSignal from "./MemoryChangeSignal.ts"
import * as MemoryLoginThrottle from "./MemoryLoginThrottle.ts"
import * as MemoryProfileCache from "./MemoryProfileCache.ts"
import * as MemoryRateLimiter from "./MemoryRateLimiter.ts"
import * as MemoryRevokedApiTokens from "./MemoryRevokedApiTokens.ts"
import * as MemoryRevokedSessions from "./MemoryRevokedSessions.ts"

/** All ephemeral stores, for a service with a single process. */
export const layer: Layer.Layer<EphemeralStores, never, AccessTokens> = Layer.mergeAll(
  MemoryChangeSignal.layer,
  MemoryRevokedApiTokens.layer,
  MemoryRevokedSessions.layer,
  MemoryLoginThrottle.layer,
  MemoryProfileCache.layer,
  MemoryRateLimiter.layer,
)
