/** The contract suite of the `ProfileCache` port, which every adapter of it runs. */
import { expect, layer } from "@effect/vitest"
import { Data, Deferred, Effect, Fiber, type Layer } from "effect"
import {
  invalidationHoldMillis as defaultInvalidationHoldMillis,
  ProfileCache,
  profileLifetimeMillis,
} from "../../application/accounts/ProfileCache.ts"
import { type Profile, profileOf } from "../../domain/accounts/Profile.ts"
import { FullName } from "../../domain/accounts/UserAccount.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { makeAccount } from "../support/entities.ts"
import { timesAtOnce } from "../support/interleaving.ts"
import { type TimeControl, testTime, timedTests } from "../support/TimeControl.ts"

export class Refused extends Data.TaggedError("Refused") {}

const namedAfter = (profile: Profile, count: number): Profile => ({ ...profile, fullName: FullName.make(`v${count}`) })

/**
 * Makes a user with a profile that has another name at every load, `v1` at the first. The name shows when it was
 * loaded.
 */
export const makeSource = () => {
  const profile = profileOf(makeAccount())
  let looks = 0
  const load = Effect.andThen(
    Effect.yieldNow,
    Effect.sync(() => {
      looks += 1
      return namedAfter(profile, looks)
    }),
  )
  return { userId: profile.id, load, nth: (count: number) => namedAfter(profile, count), looks: () => looks }
}

export const get = <E>(userId: UserId, load: Effect.Effect<Profile, E>) =>
  Effect.flatMap(ProfileCache, (cache) => cache.get(userId, load))
export const forget = (userId: UserId) => Effect.flatMap(ProfileCache, (cache) => cache.invalidate(userId))

/**
 * Registers the tests of every promise that a `ProfileCache` makes. A cache in real time may shorten the times.
 * Steps leave a tenth and more, so that an ordinary delay changes nothing. A cache that stores nothing keeps all
 * promises but storage.
 */
export const suite = (
  name: string,
  cache: Layer.Layer<ProfileCache, unknown>,
  {
    invalidationHoldMillis = defaultInvalidationHoldMillis,
    lifetimeMillis = profileLifetimeMillis,
    remembers = true,
    time = testTime,
  }: {
    readonly invalidationHoldMillis?: number
    readonly lifetimeMillis?: number
    readonly remembers?: boolean
    readonly time?: TimeControl
  } = {},
) =>
  layer(cache, { excludeTestServices: time.excludeTestServices })(`ProfileCache: ${name}`, (it) => {
    const test = timedTests(it, time)
    test("returns a stored name that today's rule would refuse", () =>
      Effect.gen(function* () {
        for (const name of ["two\tparts", "Cafe\u0301", "\u2800"]) {
          const profile = profileOf(makeAccount({ fullName: name as FullName }))
          for (const _ of [1, 2]) expect(yield* get(profile.id, Effect.succeed(profile))).toStrictEqual(profile)
        }
      }))

    test("returns the loaded profile with every field", () =>
      Effect.gen(function* () {
        const { load, nth, userId } = makeSource()
        expect(yield* get(userId, load)).toStrictEqual(nth(1))
      }))

    test("keeps the profiles of different users apart", () =>
      Effect.gen(function* () {
        const [one, other] = [makeSource(), makeSource()]
        for (let asked = 0; asked < 2; asked++) {
          expect((yield* get(one.userId, one.load)).id).toBe(one.userId)
          expect((yield* get(other.userId, other.load)).id).toBe(other.userId)
        }
        yield* forget(one.userId)
        expect((yield* get(other.userId, other.load)).id).toBe(other.userId)
      }))

    test("fails as the load fails, and does not cache the failure", () =>
      Effect.gen(function* () {
        const { load, nth, userId } = makeSource()
        const failures = yield* timesAtOnce(20, Effect.flip(get(userId, Effect.fail(new Refused()))))
        for (const failure of failures) expect(failure._tag).toBe("Refused")
        expect(yield* get(userId, load)).toStrictEqual(nth(1))
      }))

    test("returns the stored profile after a change, however often it is read", () =>
      Effect.gen(function* () {
        const { load, looks, nth, userId } = makeSource()
        yield* get(userId, load)
        yield* forget(userId)
        for (let asked = 0; asked < 5; asked++) {
          const before = looks()
          expect(yield* get(userId, load)).toStrictEqual(nth(before + 1))
        }
      }))

    test("returns no profile loaded before a change to a read after it", () =>
      Effect.gen(function* () {
        const { load, nth, userId } = makeSource()
        const read = yield* Deferred.make<void>()
        const late = yield* Deferred.make<void>()
        const slow = Effect.tap(load, () => Effect.andThen(Deferred.succeed(read, undefined), Deferred.await(late)))
        const early = yield* Effect.forkChild(get(userId, slow))
        yield* Deferred.await(read)
        yield* forget(userId)
        expect(yield* get(userId, load)).toStrictEqual(nth(2))
        yield* Deferred.succeed(late, undefined)
        expect(yield* Fiber.join(early)).toStrictEqual(nth(1))
        expect(yield* get(userId, load)).toStrictEqual(nth(3))
        yield* time.pass(1.2 * invalidationHoldMillis)
        expect(yield* get(userId, load)).toStrictEqual(nth(4))
      }))

    test("caches no profile that was loaded between the invalidation and the end of the change", () =>
      Effect.gen(function* () {
        const { load, nth, userId } = makeSource()
        yield* get(userId, load)
        yield* forget(userId)
        yield* timesAtOnce(20, get(userId, load))
        yield* time.pass(1.2 * invalidationHoldMillis)
        expect(yield* get(userId, load)).toStrictEqual(nth(22))
      }))

    if (!remembers) return

    test("caches the loaded profile with every field", () =>
      Effect.gen(function* () {
        const { load, looks, nth, userId } = makeSource()
        for (let asked = 0; asked < 5; asked++) expect(yield* get(userId, load)).toStrictEqual(nth(1))
        expect(looks()).toBe(1)
      }))

    test("caches a profile that 100 callers loaded at once", () =>
      Effect.gen(function* () {
        const { load, looks, userId } = makeSource()
        for (const profile of yield* timesAtOnce(100, get(userId, load))) expect(profile.id).toBe(userId)
        const loads = looks()
        yield* get(userId, load)
        expect(looks()).toBe(loads)
      }))

    test("caches a profile for exactly its lifetime", () =>
      Effect.gen(function* () {
        const { load, nth, userId } = makeSource()
        yield* get(userId, load)
        yield* time.pass(0.5 * lifetimeMillis)
        expect(yield* get(userId, load)).toStrictEqual(nth(1))
        // A read does not extend the entry's lifetime.
        yield* time.pass(0.6 * lifetimeMillis)
        expect(yield* get(userId, load)).toStrictEqual(nth(2))
      }))

    test("caches again some time after an invalidation", () =>
      Effect.gen(function* () {
        const { load, nth, userId } = makeSource()
        yield* get(userId, load)
        yield* forget(userId)
        yield* time.pass(1.2 * invalidationHoldMillis)
        expect(yield* get(userId, load)).toStrictEqual(nth(2))
        expect(yield* get(userId, load)).toStrictEqual(nth(2))
      }))
  })
