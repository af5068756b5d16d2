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

/** How long a load may keep the right to fill: longer than any takes. */
const leaseMillis = 30_000

/**
 * For how long after an outage nothing is taken from Redis: by then every process that shares it has found it again, and
 * made it forget whom it could not meanwhile.
 */
const settlingMillis = 5_000

/** The name says which fields are in it: another version of the service with other fields takes another name. */
const keyName = "profile-1"

/** A name that an older version of the service accepted can break today's rule, and is cached like any other. */
const StoredName = Schema.String.pipe(Schema.brand("FullName"))
const ProfileJson = Schema.fromJsonString(
  Schema.Struct({ ...Struct.omit(UserAccount.fields, ["passwordHash"]), fullName: StoredName }),
)
const encode = Schema.encodeSync(ProfileJson)
const decode = Schema.decodeUnknownOption(ProfileJson)

/** A user whose profile is being looked for in this process. */
interface Search {
  /** Whose right to fill this is. */
  readonly lease: string
  readonly outages: number
  /** How many have asked Redis and wait for what it says. */
  asking: number
  load: Fiber.Fiber<Profile, unknown> | null
}

/**
 * Profiles in Redis, as JSON without the password hash. A load fills only under the lease that was left when nothing was
 * found; forgetting replaces the lease, and whatever Redis loses takes the lease along, so no load that began before a
 * change can fill after it. While Redis is away everybody loads for itself.
 *
 * One gap is left: where a process alone is cut off from a Redis that the others reach, they may give what was before its
 * changes until it is back and makes Redis forget.
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

    /** One loads for all who found nothing: on a fiber of its own, so that it outlives a caller that hangs up. */
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
        // Whoever loads the same user's profile fails in the same way.
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
              // Redis is made to forget it before it is used again.
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
