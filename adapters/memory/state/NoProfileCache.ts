/** Implements `ProfileCache` without caching. */
import { Effect, Layer } from "effect"
import { ProfileCache } from "../../../application/accounts/ProfileCache.ts"

/**
 * Caches nothing: every `get` loads the profile itself. It serves processes that share nothing but a database, because
 * none would learn of a change by another.
 */
export const layer: Layer.Layer<ProfileCache> = Layer.succeed(
  ProfileCache,
  ProfileCache.of({ get: (_userId, load) => load, invalidate: () => Effect.void }),
)
