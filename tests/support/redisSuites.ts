/** Holds the Redis adapters to their ports' contracts, on one process and on several. */
import { expect, layer } from "@effect/vitest"
import { Clock, Context, Effect, Layer } from "effect"
import { uuidV7Unsafe } from "effect/crypto/SecureRandom"
import { describe } from "vitest"
import { RedisConnection } from "../../adapters/redis/connection/RedisConnection.ts"
import { LoginThrottle } from "../../application/accounts/passwords/LoginThrottle.ts"
import { RevokedSessions } from "../../application/accounts/sessions/RevokedSessions.ts"
import { ChangeSignal } from "../../application/changes/ChangeSignal.ts"
import type { EphemeralStores } from "../../application/Ports.ts"
import { RateLimiter } from "../../application/shared/RateLimiter.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import * as ChangeSignalContract from "../contracts/ChangeSignal.contract.ts"
import * as LoginThrottleContract from "../contracts/LoginThrottle.contract.ts"
import * as ProfileCacheContract from "../contracts/ProfileCache.contract.ts"
import * as RateLimiterContract from "../contracts/RateLimiter.contract.ts"
import * as RevokedApiTokensContract from "../contracts/RevokedApiTokens.contract.ts"
import * as RevokedSessionsContract from "../contracts/RevokedSessions.contract.ts"
import { newEmail, newSessionId, newUserId } from "./entities.ts"
import { realTime, shortLoginLimits, shortProfileTimes } from "./redis.ts"
import { timedTests } from "./TimeControl.ts"

type Process = Context.Context<EphemeralStores | RedisConnection>

/** Several processes on the same Redis, under the same prefix. */
class Processes extends Context.Service<Processes, ReadonlyArray<Process>>()("taskwright/tests/Processes") {}

const processCount = 4

/** Waits until the condition is true, for at most the time that "within a second" allows. */
export const eventually = <E, R>(isSo: Effect.Effect<boolean, E, R>, tries = 100): Effect.Effect<void, E, R> =>
  Effect.flatMap(isSo, (so) => {
    if (so) return Effect.void
    if (tries === 0) return Effect.die(new Error("It did not come to be so"))
    return Effect.andThen(Effect.sleep(10), eventually(isSo, tries - 1))
  })

/**
 * Registers the contracts of all Redis adapters, and what several processes promise together. They wait in real
 * time, so they run concurrently.
 */
export const suites = (name: string, makeProcess: () => Layer.Layer<EphemeralStores | RedisConnection, unknown>) => {
  describe.concurrent(`contracts on ${name}`, () => {
    const time = realTime
    ChangeSignalContract.suite(name, makeProcess(), { time })
    RevokedSessionsContract.suite(name, makeProcess(), { lifetimeMillis: 1_000, time })
    RevokedApiTokensContract.suite(name, makeProcess(), { trustedMillis: 1_000, time })
    LoginThrottleContract.suite(name, makeProcess(), { limits: shortLoginLimits, time })
    ProfileCacheContract.suite(name, makeProcess(), { ...shortProfileTimes, time })
    RateLimiterContract.suite(name, makeProcess(), { windowMillis: 2_000, time })
  })

  const processes = Layer.effect(
    Processes,
    Effect.all(
      Array.from({ length: processCount }, () => Layer.build(Layer.fresh(makeProcess()))),
      { concurrency: "unbounded" },
    ),
  )
  layer(processes, { excludeTestServices: true })(`several processes on ${name}`, (it) => {
    const test = timedTests(it, realTime)
    type OfProcess = EphemeralStores | RedisConnection
    const inEach = <A, E, R = never>(effect: Effect.Effect<A, E, OfProcess | R>) =>
      Effect.flatMap(Processes, (all) =>
        Effect.forEach(all, (process) => Effect.provideContext(effect, process), { concurrency: "unbounded" }),
      )
    const inProcess = <A, E, R = never>(index: number, effect: Effect.Effect<A, E, OfProcess | R>) =>
      Effect.flatMap(Processes, (all) => {
        const process = all[index]
        return process === undefined ? Effect.die(new Error("No such process")) : Effect.provideContext(effect, process)
      })
    const skewed = (hours: number) =>
      Effect.updateService(Clock.Clock, (clock): Clock.Clock => {
        const currentTimeMillisUnsafe = () => clock.currentTimeMillisUnsafe() + hours * 3_600_000
        const currentTimeMillis = Effect.sync(currentTimeMillisUnsafe)
        return Object.assign(Object.create(clock), { currentTimeMillis, currentTimeMillisUnsafe })
      })

    test("let exactly the limit pass together, of 1,000 at once and whatever their clocks say", () =>
      Effect.gen(function* () {
        const limit = { limit: 100, windowMillis: 60_000 }
        const key = `user:${uuidV7Unsafe()}`
        const takeMany = Effect.flatMap(RateLimiter, ({ consume }) =>
          Effect.all(
            Array.from({ length: 250 }, (_, index) => consume(key, limit).pipe(skewed(index - 125))),
            { concurrency: "unbounded" },
          ),
        )
        const quotas = (yield* inEach(takeMany)).flat()
        const allowed = quotas.filter(({ isAllowed }) => isAllowed)
        expect(allowed.length).toBe(100)
        expect(allowed.map(({ remaining }) => remaining).toSorted((one, other) => one - other)).toStrictEqual(
          Array.from({ length: 100 }, (_, index) => index),
        )
        for (const { resetAfterMillis } of quotas) {
          expect(resetAfterMillis).toBeLessThanOrEqual(60_000)
          expect(resetAfterMillis).toBeGreaterThan(0)
        }
      }))

    test("let no more units than the limit pass together, of requests of different costs", () =>
      Effect.gen(function* () {
        const limit = { limit: 100, windowMillis: 60_000 }
        const key = `user:${uuidV7Unsafe()}`
        const takeMany = Effect.flatMap(RateLimiter, ({ consume }) =>
          Effect.all(
            Array.from({ length: 60 }, (_, index) => {
              const cost = 1 + (index % 11)
              return Effect.map(consume(key, limit, cost), (result) => ({ cost, ...result }))
            }),
            { concurrency: "unbounded" },
          ),
        )
        const results = (yield* inEach(takeMany)).flat()
        // Requests of one unit were among them until the end.
        expect(RateLimiterContract.expectExactCosts(results, limit.limit)).toBe(0)
      }))

    test("let no more than the limit pass in any span, wherever it begins", () =>
      Effect.gen(function* () {
        const limit = { limit: 20, windowMillis: 400 }
        const key = `user:${uuidV7Unsafe()}`
        const passed: Array<{ readonly before: number; readonly after: number }> = []
        const takeOn = Effect.gen(function* () {
          const { consume } = yield* RateLimiter
          const until = performance.now() + 2_500
          while (performance.now() < until) {
            const before = performance.now()
            if ((yield* consume(key, limit)).isAllowed) passed.push({ before, after: performance.now() })
            // Not in step with the window.
            yield* Effect.sleep(1 + (passed.length % 7))
          }
        })
        yield* inEach(Effect.all([takeOn, takeOn, takeOn], { concurrency: "unbounded" }))
        expect(passed.length).toBeGreaterThan(4 * limit.limit)
        passed.sort((one, other) => one.after - other.after)
        for (let first = 0; first + limit.limit < passed.length; first++) {
          const span = passed.slice(first, first + limit.limit + 1)
          const longest = (span.at(-1)?.after ?? 0) - Math.min(...span.map(({ before }) => before))
          expect(longest).toBeGreaterThanOrEqual(limit.windowMillis)
        }
      }))

    test("admit no more than five guesses together, of 40 at once", () =>
      Effect.gen(function* () {
        const attempt = { email: newEmail(), ip: "192.0.2.1" }
        const guess = Effect.gen(function* () {
          const throttle = yield* LoginThrottle
          const isAdmitted = yield* Effect.isSuccess(throttle.begin(attempt))
          if (isAdmitted) yield* throttle.recordFailure(attempt)
          return isAdmitted
        })
        const admitted = (yield* inEach(
          Effect.all(
            Array.from({ length: 10 }, () => guess),
            { concurrency: "unbounded" },
          ),
        )).flat()
        expect(admitted.filter(Boolean).length).toBe(shortLoginLimits.pairFailures)
      }))

    test("clear a pair everywhere when it succeeds anywhere, and know its IP everywhere", () =>
      Effect.gen(function* () {
        const attempt = { email: newEmail(), ip: "192.0.2.1" }
        const logIn = (end: "recordFailure" | "recordSuccess") =>
          Effect.flatMap(LoginThrottle, (throttle) => Effect.andThen(throttle.begin(attempt), throttle[end](attempt)))
        for (let failed = 0; failed < 4; failed++) yield* inProcess(0, logIn("recordFailure"))
        yield* inProcess(1, logIn("recordSuccess"))
        for (let failed = 0; failed < 4; failed++) yield* inProcess(0, logIn("recordFailure"))
        yield* inProcess(2, logIn("recordSuccess"))
        yield* inEach(logIn("recordSuccess"))
      }))

    test("refuse an ended session at once where it ended and within a second everywhere", () =>
      Effect.gen(function* () {
        const [ended, running] = [newSessionId(), newSessionId()]
        const has = Effect.flatMap(RevokedSessions, (sessions) => sessions.has(ended))
        yield* inProcess(
          0,
          Effect.flatMap(RevokedSessions, (sessions) => sessions.revoke(ended)),
        )
        expect(yield* inProcess(0, has)).toBe(true)
        yield* inEach(eventually(has))
        const others = yield* inEach(Effect.flatMap(RevokedSessions, (sessions) => sessions.has(running)))
        expect(others).not.toContain(true)
      }))

    test("do not publish a session that they only remembered", () =>
      Effect.gen(function* () {
        const [learned, ended] = [newSessionId(), newSessionId()]
        yield* inProcess(
          0,
          Effect.flatMap(RevokedSessions, (sessions) => sessions.remember(learned)),
        )
        // A later message arrives later.
        yield* inProcess(
          0,
          Effect.flatMap(RevokedSessions, (sessions) => sessions.revoke(ended)),
        )
        yield* inProcess(1, eventually(Effect.flatMap(RevokedSessions, (sessions) => sessions.has(ended))))
        expect(
          yield* inProcess(
            1,
            Effect.flatMap(RevokedSessions, (sessions) => sessions.has(learned)),
          ),
        ).toBe(false)
      }))

    const watch = (userId: UserId) => Effect.flatMap(ChangeSignal, (signal) => signal.watch(userId))
    const changed = (userId: UserId) => Effect.flatMap(ChangeSignal, (signal) => signal.changed(userId))

    test("wake the watchers of every process by a change in one, each once", () =>
      Effect.gen(function* () {
        const [userId, later] = [newUserId(), newUserId()]
        const watches = yield* inEach(watch(userId))
        const laterWatches = yield* inEach(watch(later))
        yield* inProcess(0, changed(userId))
        yield* Effect.all(watches, { concurrency: "unbounded" })
        // A later message arrives later.
        yield* inProcess(0, changed(later))
        yield* Effect.all(laterWatches, { concurrency: "unbounded" })
        for (const next of watches) expect(yield* ChangeSignalContract.isAwake(next)).toBe(false)
      }).pipe(Effect.scoped))

    test("wake the watchers of several users by one message, if they change at once", () =>
      Effect.gen(function* () {
        const users = Array.from({ length: 30 }, newUserId)
        const watches = yield* inProcess(1, Effect.forEach(users, watch))
        const messages: Array<string> = []
        const subscribe = Effect.gen(function* () {
          const redis = yield* RedisConnection
          yield* redis.subscribe("changes", (message) => messages.push(message))
          // On a cluster a subscription begins later.
          while (messages.length === 0) {
            yield* redis.publish("changes", "onlooker")
            yield* Effect.sleep(10)
          }
        })
        // A connection has one listener for each channel, so that the onlooker is a process of its own.
        yield* Effect.provideContext(subscribe, yield* Layer.build(Layer.fresh(makeProcess())))
        yield* inProcess(0, Effect.forEach(users, changed))
        yield* Effect.all(watches, { concurrency: "unbounded" })
        // The messages of one process arrive in their order, at each process in its own time.
        const last = users.at(-1) ?? ""
        while (!messages.some((message) => message.includes(last))) yield* Effect.sleep(5)
        expect(messages.filter((message) => users.some((userId) => message.includes(userId)))).toHaveLength(1)
        for (const next of watches) expect(yield* ChangeSignalContract.isAwake(next)).toBe(false)
      }).pipe(Effect.scoped))

    test("wake no watcher of another process by what is for one process", () =>
      Effect.gen(function* () {
        const [userId, later] = [newUserId(), newUserId()]
        const next = yield* inProcess(1, watch(userId))
        const laterNext = yield* inProcess(1, watch(later))
        const wake = Effect.flatMap(ChangeSignal, (signal) => signal.wake(userId))
        yield* inProcess(0, Effect.andThen(wake, changed(later)))
        yield* laterNext
        expect(yield* ChangeSignalContract.isAwake(next)).toBe(false)
      }).pipe(Effect.scoped))

    test("had their Redis all the time", () =>
      Effect.gen(function* () {
        const health = Effect.map(RedisConnection, ({ isUp, outages }) => [isUp(), outages()])
        expect(yield* inEach(health)).toStrictEqual(Array(processCount).fill([true, 0]))
      }))

    test("remember together what one found, and forget it together", () =>
      Effect.gen(function* () {
        const { load, looks, nth, userId } = ProfileCacheContract.makeSource()
        const get = ProfileCacheContract.get(userId, load)
        yield* inProcess(0, get)
        for (const profile of yield* inEach(get)) expect(profile).toStrictEqual(nth(1))
        yield* inProcess(1, ProfileCacheContract.forget(userId))
        yield* inEach(get)
        expect(looks()).toBe(1 + processCount)
        yield* realTime.pass(1.2 * shortProfileTimes.invalidationHoldMillis)
        yield* inProcess(2, get)
        for (const profile of yield* inEach(get)) expect(profile).toStrictEqual(nth(2 + processCount))
      }))
  })
}
