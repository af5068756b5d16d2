import { Effect, Fiber, Layer } from "effect"
import {
  invalidationHoldMillis,
  ProfileCache,
  profileLifetimeMillis,
} from "../../../application/accounts/ProfileCache.ts"
import type { Profile } from "../../../domain/accounts/Profile.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"
import { makeRecentEntries } from "./LruMap.ts"
import { monotonicMillis } from "./MonotonicTime.ts"

/** How many profiles are remembered at most, and of how many users it is known that they were just forgotten. */
const entryLimit = 100_000

interface Remembered {
  readonly profile: Profile
  readonly until: number
}

/** Profiles in this process, for a service that is one: what another process changes would be noticed too late. */
export const layer: Layer.Layer<ProfileCache> = Layer.sync(ProfileCache, () => {
  const profiles = makeRecentEntries<UserId, Remembered>(entryLimit, () => profileLifetimeMillis)
  const forgottenUntil = makeRecentEntries<UserId, number>(entryLimit, () => invalidationHoldMillis)
  const loads = new Map<UserId, Fiber.Fiber<Profile, unknown>>()

  /** On a fiber of its own, so that it outlives a caller that hangs up while others wait with it. */
  const loadForAll = <E>(userId: UserId, load: Effect.Effect<Profile, E>, caller: Fiber.Fiber<unknown, unknown>) => {
    const fiber = Effect.runForkWith(caller.context)(load)
    loads.set(userId, fiber)
    fiber.addObserver((exit) => {
      // Whoever forgot the user meanwhile took the load out: it may have read what was before.
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
        if ((forgottenUntil.get(userId, nowMillis) ?? nowMillis) > nowMillis) return load
        const remembered = profiles.get(userId, nowMillis)
        if (remembered !== undefined && remembered.until > nowMillis) return Effect.succeed(remembered.profile)
        // Whoever loads the same user's profile fails in the same way.
        return Fiber.join((loads.get(userId) as Fiber.Fiber<Profile, E>) ?? loadForAll(userId, load, fiber))
      }),
    invalidate: (userId) =>
      Effect.withFiberSucceed((fiber) => {
        const nowMillis = monotonicMillis(fiber)
        forgottenUntil.set(userId, nowMillis + invalidationHoldMillis, nowMillis)
        profiles.delete(userId)
        loads.delete(userId)
      }),
  })
})
