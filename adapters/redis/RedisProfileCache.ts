/** Implements `ProfileCache` on Redis, so that a profile one process changes is invalidated for all. */
import { Effect, Layer, Option, Schema, Struct } from "effect"
import { invalidationHoldMillis, ProfileCache, profileLifetimeMillis } from "../../application/accounts/ProfileCache.ts"
import type { Profile } from "../../domain/accounts/Profile.ts"
import { UserAccount } from "../../domain/accounts/UserAccount.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { RedisConnection } from "./connection/RedisConnection.ts"
import { newLeaseId } from "./LeaseId.ts"
import { makePendingInvalidations } from "./PendingInvalidations.ts"
import * as ProfileScripts from "./scripts/ProfileCacheScripts.ts"

export interface ProfileTimes {
  readonly lifetimeMillis: number
  readonly invalidationHoldMillis: number
}

/** How long a load may hold the lease to fill: longer than any load takes. */
const leaseMillis = 30_000

/**
 * How long after an outage nothing is read from Redis. By then every process that shares it has reconnected and has
 * repeated the invalidations that Redis missed.
 */
const recoveryHoldMillis = 5_000

/** The key's name stands for the set of cached fields; a version of the service with other fields uses another name. */
const keyName = "profile-1"

/** A name that an older version of the service accepted may break today's rule. It is cached like any other. */
const StoredName = Schema.String.pipe(Schema.brand("FullName"))
const ProfileJson = Schema.fromJsonString(
  Schema.Struct({ ...Struct.omit(UserAccount.fields, ["passwordHash", "disabledAt"]), fullName: StoredName }),
)
const encode = Schema.encodeSync(ProfileJson)
const decode = Schema.decodeUnknownOption(ProfileJson)

/**
 * Caches profiles in Redis, as JSON without the password hash. A load may fill the cache only under the lease that its
 * cache miss left there. An invalidation replaces the lease, and data that Redis loses includes the lease. So a load
 * that began before a change cannot fill the cache after it. While Redis is unavailable, each request loads the profile
 * itself.
 *
 * One gap remains, if one process alone loses its connection to a Redis that the others still reach. The others may
 * then return profiles from before that process's changes, until it reconnects and repeats its invalidations.
 */
export const make = (times: ProfileTimes = { lifetimeMillis: profileLifetimeMillis, invalidationHoldMillis }) =>
  Effect.gen(function* () {
    const redis = yield* RedisConnection
    const keyOf = (userId: UserId) => redis.key(`user:${userId}`, keyName)
    const invalidations = makePendingInvalidations(times.lifetimeMillis, redis.outages)
    yield* redis.onRecovery({
      restore: ({ set }) =>
        Promise.all(
          invalidations.pending().map(async (userId) => {
            const outages = redis.outages()
            await set(keyOf(userId), ProfileScripts.tombstone, times.invalidationHoldMillis)
            invalidations.acknowledged(userId, outages)
          }),
        ),
      isDone: () => invalidations.pending().length === 0,
    })
    let knownOutages = redis.outages()
    let unreadableUntil = 0

    const isReadable = (): boolean => {
      const now = performance.now()
      if (redis.outages() !== knownOutages) {
        knownOutages = redis.outages()
        unreadableUntil = Math.max(now + recoveryHoldMillis, invalidations.overflowUntil())
      }
      return now >= unreadableUntil
    }

    /** Caches the profile under the lease, unless Redis may have lost an invalidation since the lease was set. */
    const fill = (userId: UserId, lease: string, outages: number, profile: Profile) =>
      outages === redis.outages()
        ? Effect.ignore(
            redis.command(({ run }) =>
              run(ProfileScripts.setIfLeased, [keyOf(userId)], [lease, encode(profile), times.lifetimeMillis]),
            ),
          )
        : Effect.void

    return ProfileCache.of({
      get: (userId, load) =>
        Effect.suspend(() => {
          if (!redis.isUp() || !isReadable()) return load
          const lease = newLeaseId()
          const outages = redis.outages()
          return redis
            .command(({ run }) => run(ProfileScripts.getOrLease, [keyOf(userId)], [lease, leaseMillis]))
            .pipe(
              Effect.matchEffect({
                onFailure: () => load,
                onSuccess: (found) => {
                  if (found === null) return Effect.tap(load, (profile) => fill(userId, lease, outages, profile))
                  return Option.match(decode(found), { onNone: () => load, onSome: Effect.succeed })
                },
              }),
            )
        }),
      invalidate: (userId) =>
        Effect.suspend(() => {
          const outages = redis.outages()
          invalidations.add(userId)
          return redis
            .command(({ set }) => set(keyOf(userId), ProfileScripts.tombstone, times.invalidationHoldMillis))
            .pipe(
              Effect.andThen(Effect.sync(() => invalidations.acknowledged(userId, outages))),
              // The invalidation is sent again before Redis is used again.
              Effect.ignore,
            )
        }),
    })
  })

export const layer: Layer.Layer<ProfileCache, never, RedisConnection> = Layer.effect(ProfileCache, make())
