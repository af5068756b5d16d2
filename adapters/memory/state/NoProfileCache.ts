import { Effect, Layer } from "effect"
import { ProfileCache } from "../../../application/accounts/ProfileCache.ts"

/**
 * Remembers nothing: every `get` loads for itself. For processes that share a database and nothing else, none of which
 * would learn what another changed.
 */
export const layer: Layer.Layer<ProfileCache> = Layer.succeed(
  ProfileCache,
  ProfileCache.of({ get: (_userId, load) => load, invalidate: () => Effect.void }),
)
