/** Implements `ProfileCache` for one process. */
import { Clock, Effect, Layer } from "effect"
import {
  invalidationHoldMillis,
  ProfileCache,
  profileLifetimeMillis,
} from "../../../application/accounts/ProfileCache.ts"
import { monotonicMillis } from "../../../application/shared/MonotonicTime.ts"
import type { Profile } from "../../../domain/accounts/Profile.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"
import { makeGenerationalCache } from "./GenerationalCache.ts"

/** The maximum number of cached profiles, and of recent invalidations. */
const entryLimit = 100_000

interface CachedProfile {
  readonly profile: Profile
  readonly until: number
}

/**
 * Caches profiles in this process, for a service with a single process. Changes by another process would be noticed too
 * late.
 */
export const layer: Layer.Layer<ProfileCache> = Layer.sync(ProfileCache, () => {
  const profiles = makeGenerationalCache<UserId, CachedProfile>(entryLimit, () => profileLifetimeMillis)
  const holdUntil = makeGenerationalCache<UserId, number>(entryLimit, () => invalidationHoldMillis)

  const isHeld = (userId: UserId, nowMillis: number): boolean =>
    (holdUntil.get(userId, nowMillis) ?? nowMillis) > nowMillis

  return ProfileCache.of({
    get: (userId, load) =>
      Effect.withFiber((fiber) => {
        const nowMillis = monotonicMillis(fiber.getRef(Clock.Clock))
        const cached = profiles.get(userId, nowMillis)
        if (cached !== undefined && cached.until > nowMillis) return Effect.succeed(cached.profile)
        return Effect.tap(load, (profile) =>
          Effect.sync(() => {
            const loadedMillis = monotonicMillis(fiber.getRef(Clock.Clock))
            // The profile may have been read before the change.
            if (isHeld(userId, loadedMillis)) return
            profiles.set(userId, { profile, until: loadedMillis + profileLifetimeMillis }, loadedMillis)
          }),
        )
      }),
    invalidate: (userId) =>
      Effect.withFiberSucceed((fiber) => {
        const nowMillis = monotonicMillis(fiber.getRef(Clock.Clock))
        holdUntil.set(userId, nowMillis + invalidationHoldMillis, nowMillis)
        profiles.delete(userId)
      }),
  })
})
