/** Implements `ProfileCache` for one process. */
import { Effect, Fiber, Layer } from "effect"
import {
  invalidationHoldMillis,
  ProfileCache,
  profileLifetimeMillis,
} from "../../../application/accounts/ProfileCache.ts"
import type { Profile } from "../../../domain/accounts/Profile.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"
import { makeGenerationalCache } from "./GenerationalCache.ts"
import { monotonicMillis } from "./MonotonicTime.ts"

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
  const loads = new Map<UserId, Fiber.Fiber<Profile, unknown>>()

  /** Loads on its own fiber, so that the load survives a caller that disconnects while others wait for it. */
  const loadForAll = <E>(userId: UserId, load: Effect.Effect<Profile, E>, caller: Fiber.Fiber<unknown, unknown>) => {
    const fiber = Effect.runForkWith(caller.context)(load)
    loads.set(userId, fiber)
    fiber.addObserver((exit) => {
      // An invalidation has removed this load, because it may have read the profile before the change.
      if (loads.get(userId) !== fiber) return
      loads.delete(userId)
      if (exit._tag === "Failure") return
      const nowMillis = monotonicMillis(caller)
      profiles.set(userId, { profile: exit.value, until: nowMillis + profileLifetimeMillis }, nowMillis)
    })
    return fiber
  }

  return ProfileCache.of({
    get: <E>(userId: UserId, load: Effect.Effect<Profile, E>) =>
      Effect.withFiber<Profile, E>((fiber) => {
        const nowMillis = monotonicMillis(fiber)
        if ((holdUntil.get(userId, nowMillis) ?? nowMillis) > nowMillis) return load
        const cached = profiles.get(userId, nowMillis)
        if (cached !== undefined && cached.until > nowMillis) return Effect.succeed(cached.profile)
        // All loads of one user's profile fail with the same errors.
        return Fiber.join((loads.get(userId) as Fiber.Fiber<Profile, E>) ?? loadForAll(userId, load, fiber))
      }),
    invalidate: (userId) =>
      Effect.withFiberSucceed((fiber) => {
        const nowMillis = monotonicMillis(fiber)
        holdUntil.set(userId, nowMillis + invalidationHoldMillis, nowMillis)
        profiles.delete(userId)
        loads.delete(userId)
      }),
  })
})
