/** Implements `ProfileCache` on Redis, so that a profile one process changes is invalidated for all. */
import { Effect, Fiber, Layer, Option, Schema, Struct } from "effect"
import { invalidationHoldMillis, ProfileCache, profileLifetimeMillis } from "../../application/accounts/ProfileCache.ts"
import type { Profile } from "../../domain/accounts/Profile.ts"
import { UserAccount } from "../../domain/accounts/UserAccount.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { RedisConnection } from "./connection/RedisConnection.ts"
import { makeForgottenUsers } from "./InvalidatedProfiles.ts"
import { leaseIdentity } from "./LeaseId.ts"
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
const settlingMillis = 5_000

/** The key's name stands for the set of cached fields; a version of the service with other fields uses another name. */
const keyName = "profile-1"

/** A name that an older version of the service accepted may break today's rule. It is cached like any other. */
const StoredName = Schema.String.pipe(Schema.brand("FullName"))
const ProfileJson = Schema.fromJsonString(
  Schema.Struct({ ...Struct.omit(UserAccount.fields, ["passwordHash"]), fullName: StoredName }),
)
const encode = Schema.encodeSync(ProfileJson)
const decode = Schema.decodeUnknownOption(ProfileJson)

/** A lookup of one user's profile in this process. */
interface Search {
  /** The lease under which this lookup may fill the cache. */
  readonly lease: string
  readonly outages: number
  /** How many callers wait for Redis's response. */
  asking: number
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
    const searches = new Map<UserId, Search>()
    const keyOf = (userId: UserId) => redis.key(`user:${userId}`, keyName)
    const forgotten = makeForgottenUsers(times.lifetimeMillis, redis.outages)
    yield* redis.restoreAfterOutages({
      restore: ({ set }) =>
        Promise.all(
          forgotten.unsent().map(async (userId) => {
            const outages = redis.outages()
            await set(keyOf(userId), ProfileScripts.forgotten, times.invalidationHoldMillis)
            forgotten.sent(userId, outages)
          }),
        ),
      isDone: () => forgotten.unsent().length === 0,
    })
    let knownOutages = redis.outages()
    let isDistrustedUntil = 0

    const isTrusted = (): boolean => {
      const now = performance.now()
      if (redis.outages() !== knownOutages) {
        knownOutages = redis.outages()
        isDistrustedUntil = Math.max(now + settlingMillis, forgotten.isIncompleteUntil())
      }
      return now >= isDistrustedUntil
    }

    const searchFor = (userId: UserId): Search => {
      const known = searches.get(userId)
      if (known !== undefined && known.outages === redis.outages()) return known
      const search: Search = { lease: leaseIdentity(), outages: redis.outages(), asking: 0, load: null }
      searches.set(userId, search)
      return search
    }

    const endIfIdle = (userId: UserId, search: Search): void => {
      const isIdle = search.asking === 0 && search.load === null
      if (isIdle && searches.get(userId) === search) searches.delete(userId)
    }

    const fill = (userId: UserId, search: Search, profile: Profile) =>
      search.outages === redis.outages()
        ? Effect.ignore(
            redis.ask(({ run }) =>
              run(ProfileScripts.fill, [keyOf(userId)], [search.lease, encode(profile), times.lifetimeMillis]),
            ),
          )
        : Effect.void

    /**
     * Runs one load for all callers that missed. It runs on its own fiber, so that it survives a caller that
     * disconnects.
     */
    const join = <E>(userId: UserId, search: Search, load: Effect.Effect<Profile, E>): Effect.Effect<Profile, E> =>
      Effect.withFiber((fiber) => {
        search.load ??= load.pipe(
          Effect.tap((profile) => fill(userId, search, profile)),
          Effect.ensuring(
            Effect.sync(() => {
              if (searches.get(userId) === search) searches.delete(userId)
            }),
          ),
          Effect.runForkWith(fiber.context),
        )
        // All loads of one user's profile fail with the same errors.
        return Fiber.join(search.load as Fiber.Fiber<Profile, E>)
      })

    return ProfileCache.of({
      get: (userId, load) =>
        Effect.suspend(() => {
          if (!redis.isUp() || !isTrusted()) return load
          const search = searchFor(userId)
          search.asking += 1
          return redis
            .ask(({ run }) => run(ProfileScripts.find, [keyOf(userId)], [search.lease, leaseMillis]))
            .pipe(
              Effect.ensuring(hasAnswer(search)),
              Effect.matchEffect({
                onFailure: () => load,
                onSuccess: (found) => {
                  if (found === null) return join(userId, search, load)
                  return Option.match(decode(found), { onNone: () => load, onSome: Effect.succeed })
                },
              }),
              Effect.ensuring(Effect.sync(() => endIfIdle(userId, search))),
            )
        }),
      invalidate: (userId) =>
        Effect.suspend(() => {
          searches.delete(userId)
          const outages = redis.outages()
          forgotten.add(userId)
          return redis
            .ask(({ set }) => set(keyOf(userId), ProfileScripts.forgotten, times.invalidationHoldMillis))
            .pipe(
              Effect.andThen(Effect.sync(() => forgotten.sent(userId, outages))),
              // The invalidation is sent again before Redis is used again.
              Effect.ignore,
            )
        }),
    })
  })

const hasAnswer = (search: Search) =>
  Effect.sync(() => {
    search.asking -= 1
  })

export const layer: Layer.Layer<ProfileCache, never, RedisConnection> = Layer.effect(ProfileCache, make())
