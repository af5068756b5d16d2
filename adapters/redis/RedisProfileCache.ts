/** Implements `ProfileCache` on Redis, so that a profile one process changes is invalidated for all. */
import { Effect, Fiber, Layer, Option, Schema, Struct } from "effect"
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

/** A lookup of one user's profile in this process. */
interface Lookup {
  /** The lease under which this lookup may fill the cache. */
  readonly lease: string
  readonly outages: number
  /** How many callers wait for Redis's response. */
  waiters: number
  load: Fiber.Fiber<Profile, unknown> | null
}

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
    const lookups = new Map<UserId, Lookup>()
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

    const lookupFor = (userId: UserId): Lookup => {
      const known = lookups.get(userId)
      if (known !== undefined && known.outages === redis.outages()) return known
      const lookup: Lookup = { lease: newLeaseId(), outages: redis.outages(), waiters: 0, load: null }
      lookups.set(userId, lookup)
      return lookup
    }

    const endIfIdle = (userId: UserId, lookup: Lookup): void => {
      const isIdle = lookup.waiters === 0 && lookup.load === null
      if (isIdle && lookups.get(userId) === lookup) lookups.delete(userId)
    }

    const fill = (userId: UserId, lookup: Lookup, profile: Profile) =>
      lookup.outages === redis.outages()
        ? Effect.ignore(
            redis.command(({ run }) =>
              run(ProfileScripts.setIfLeased, [keyOf(userId)], [lookup.lease, encode(profile), times.lifetimeMillis]),
            ),
          )
        : Effect.void

    /**
     * Runs one load for all callers that missed. It runs on its own fiber, so that it survives a caller that
     * disconnects.
     */
    const join = <E>(userId: UserId, lookup: Lookup, load: Effect.Effect<Profile, E>): Effect.Effect<Profile, E> =>
      Effect.withFiber((fiber) => {
        lookup.load ??= load.pipe(
          Effect.tap((profile) => fill(userId, lookup, profile)),
          Effect.ensuring(
            Effect.sync(() => {
              if (lookups.get(userId) === lookup) lookups.delete(userId)
            }),
          ),
          Effect.runForkWith(fiber.context),
        )
        // All loads of one user's profile fail with the same errors.
        return Fiber.join(lookup.load as Fiber.Fiber<Profile, E>)
      })

    return ProfileCache.of({
      get: (userId, load) =>
        Effect.suspend(() => {
          if (!redis.isUp() || !isReadable()) return load
          const lookup = lookupFor(userId)
          lookup.waiters += 1
          return redis
            .command(({ run }) => run(ProfileScripts.getOrLease, [keyOf(userId)], [lookup.lease, leaseMillis]))
            .pipe(
              Effect.ensuring(endWait(lookup)),
              Effect.matchEffect({
                onFailure: () => load,
                onSuccess: (found) => {
                  if (found === null) return join(userId, lookup, load)
                  return Option.match(decode(found), { onNone: () => load, onSome: Effect.succeed })
                },
              }),
              Effect.ensuring(Effect.sync(() => endIfIdle(userId, lookup))),
            )
        }),
      invalidate: (userId) =>
        Effect.suspend(() => {
          lookups.delete(userId)
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

const endWait = (lookup: Lookup) =>
  Effect.sync(() => {
    lookup.waiters -= 1
  })

export const layer: Layer.Layer<ProfileCache, never, RedisConnection> = Layer.effect(ProfileCache, make())
