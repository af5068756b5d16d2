/** Holds the Redis adapters to recovery from lost scripts, keys, clocks and connections. */
import { expect } from "@effect/vitest"
import { Effect } from "effect"
import { RedisConnection } from "../../../adapters/redis/connection/RedisConnection.ts"
import { LoginThrottle } from "../../../application/accounts/passwords/LoginThrottle.ts"
import { forget, get, makeSource } from "../../contracts/ProfileCache.contract.ts"
import { newEmail, newUserId } from "../../support/entities.ts"
import { describeWithRedisServer, type RedisServer, startRedisServer } from "../../support/RedisServer.ts"
import { realTime, shortLoginLimits } from "../../support/redis.ts"
import { isAway, isUp, take } from "../../support/redisCalls.ts"
import { eventually } from "../../support/redisSuites.ts"
import { liveScenario } from "../../support/steadily.ts"
import { makeTcpProxy } from "../../support/TcpProxy.ts"
import { startWatchedProcess } from "../../support/watchedProcess.ts"

const prefix = "losses:"
const longTimes = { lifetimeMillis: 60_000, invalidationHoldMillis: 30_000 }

const noOutage = Effect.map(RedisConnection, ({ isUp, outages }) => isUp() && outages() === 0)

const keysLike = ({ tell }: RedisServer, pattern: string) =>
  Effect.map(tell("KEYS", pattern), (keys) => keys as ReadonlyArray<string>)
const onlyKeyLike = (server: RedisServer, pattern: string) =>
  Effect.map(keysLike(server, pattern), (keys) => {
    expect(keys.length, pattern).toBe(1)
    return keys[0] ?? ""
  })

describeWithRedisServer("lost or changed data in Redis", () => {
  liveScenario("fails no request: scripts, evicted keys, all keys", () =>
    Effect.gen(function* () {
      const server = yield* startRedisServer()
      const process = yield* startWatchedProcess(server.url, prefix)
      const attempt = { email: newEmail(), ip: "192.0.2.1" }
      const round = Effect.gen(function* () {
        const throttle = yield* LoginThrottle
        const { load, userId } = makeSource()
        expect((yield* take(`user:${userId}`, 1)).isAllowed).toBe(true)
        expect((yield* take(`user:${userId}`, 1)).isAllowed).toBe(false)
        yield* throttle.begin(attempt)
        yield* throttle.recordSuccess(attempt)
        yield* get(userId, load)
        yield* forget(userId)
      })
      yield* process.run(round)
      for (const loss of [["SCRIPT", "FLUSH"], ["FLUSHALL"], ["CLIENT", "KILL", "TYPE", "pubsub"]] as const) {
        const [name, ...values] = loss
        yield* server.tell(name, ...values)
        // Concurrently, so that many meet the loss in one write.
        yield* process.run(
          Effect.all(
            Array.from({ length: 20 }, () => round),
            { concurrency: "unbounded" },
          ),
        )
      }
      expect(yield* process.run(noOutage)).toBe(true)
    }),
  )

  liveScenario("leaves no key without an expiry", () =>
    Effect.gen(function* () {
      const server = yield* startRedisServer()
      const process = yield* startWatchedProcess(server.url, prefix)
      const attempt = { email: newEmail(), ip: "192.0.2.1" }
      yield* process.run(
        Effect.gen(function* () {
          const throttle = yield* LoginThrottle
          const { load, userId } = makeSource()
          const other = makeSource()
          yield* take(`user:${userId}`, 5)
          for (let failed = 0; failed < 5; failed++) {
            yield* throttle.begin(attempt)
            yield* throttle.recordFailure(attempt)
          }
          const known = { ...attempt, ip: "192.0.2.2" }
          yield* throttle.begin(known)
          yield* throttle.recordSuccess(known)
          yield* throttle.begin(known)
          yield* get(userId, load)
          yield* get(other.userId, Effect.never).pipe(Effect.timeoutOption(50))
          yield* forget(newUserId())
        }),
      )
      const keys = yield* keysLike(server, "*")
      expect(keys.length).toBeGreaterThan(8)
      for (const key of keys) {
        expect(key).toMatch(/^losses:\{[^{}]+\}:/)
        expect(key).not.toContain("example.com")
        expect(Number(yield* server.tell("PTTL", key)), key).toBeGreaterThan(0)
      }
    }),
  )

  liveScenario("keeps counts valid if another server's clock is behind, and refuses no longer than a window", () =>
    Effect.gen(function* () {
      const server = yield* startRedisServer()
      const process = yield* startWatchedProcess(server.url, prefix)
      yield* process.run(take("user:x", 3))
      const key = yield* onlyKeyLike(server, "*user:x*")
      // As counted by a server with a clock ten hours ahead: 59 and 30 seconds ago, and just now.
      const later = Date.now() + 36_000_000
      yield* server.tell("DEL", key)
      for (const ago of [59_000, 30_000, 0]) yield* server.tell("RPUSH", key, `${(later - ago) * 1000}`)
      const refused = yield* process.run(take("user:x", 3))
      expect(refused.isAllowed).toBe(false)
      expect(refused.resetAfterMillis).toBeGreaterThan(0)
      expect(refused.resetAfterMillis).toBeLessThanOrEqual(1_000)
      yield* realTime.pass(refused.resetAfterMillis)
      expect((yield* process.run(take("user:x", 3))).isAllowed).toBe(true)
      const again = yield* process.run(take("user:x", 3))
      expect(again.isAllowed).toBe(false)
      expect(again.resetAfterMillis).toBeLessThanOrEqual(30_000)
      expect(again.resetAfterMillis).toBeGreaterThan(25_000)
    }),
  )

  liveScenario("locks an email address for at most its window if another server's clock is behind", () =>
    Effect.gen(function* () {
      const server = yield* startRedisServer()
      const process = yield* startWatchedProcess(server.url, prefix)
      const attempt = { email: newEmail(), ip: "192.0.2.1" }
      const { pairFailures, pairWindowMillis } = shortLoginLimits
      yield* process.run(
        Effect.gen(function* () {
          const throttle = yield* LoginThrottle
          for (let failed = 0; failed < pairFailures; failed++) {
            yield* throttle.begin(attempt)
            yield* throttle.recordFailure(attempt)
          }
        }),
      )
      const retryAfter = Effect.flatMap(LoginThrottle, ({ begin }) =>
        Effect.match(begin(attempt), { onFailure: ({ retryAfterMillis }) => retryAfterMillis, onSuccess: () => null }),
      )
      // As written by a server with a clock ten hours ahead.
      const laterMicros = `${(Date.now() + 36_000_000) * 1000}`
      yield* server.tell("SET", yield* onlyKeyLike(server, "*:lock:*"), laterMicros, "PX", "36000000")
      const locked = yield* process.run(retryAfter)
      expect(locked).not.toBeNull()
      expect(locked ?? 0).toBeLessThanOrEqual(pairWindowMillis)
      yield* server.tell("DEL", yield* onlyKeyLike(server, "*:lock:*"))
      const underWay = (yield* onlyKeyLike(server, "*:failures:*")).replace(":failures:", ":under-way:")
      for (let begun = 0; begun < pairFailures; begun++) yield* server.tell("RPUSH", underWay, laterMicros)
      // No live process owns the keys, so no request waits for them.
      expect(yield* process.run(retryAfter)).toBeNull()
    }),
  )

  liveScenario("expires the attempts in progress of a process that died", () =>
    Effect.gen(function* () {
      const server = yield* startRedisServer()
      const dying = yield* startWatchedProcess(server.url, prefix)
      const living = yield* startWatchedProcess(server.url, prefix)
      const attempt = { email: newEmail(), ip: "192.0.2.1" }
      const admit = Effect.flatMap(LoginThrottle, ({ begin }) => Effect.isSuccess(begin(attempt)))
      for (let begun = 0; begun < shortLoginLimits.pairFailures; begun++) expect(yield* dying.run(admit)).toBe(true)
      const key = yield* onlyKeyLike(server, "*under-way*")
      const minuteAgo = (Date.now() - 60_000) * 1000
      for (let begun = 0; begun < shortLoginLimits.pairFailures - 1; begun++)
        yield* server.tell("LSET", key, String(begun), String(minuteAgo))
      expect(yield* living.run(admit)).toBe(true)
      expect(yield* server.tell("LLEN", key)).toBe(2)
    }),
  )

  liveScenario("keeps the latest 32 known IPs of an email address", () =>
    Effect.gen(function* () {
      const server = yield* startRedisServer()
      const process = yield* startWatchedProcess(server.url, prefix)
      const email = newEmail()
      const logIn = (ip: number) =>
        Effect.flatMap(LoginThrottle, (throttle) => {
          const attempt = { email, ip: `192.0.2.${ip}` }
          return Effect.andThen(throttle.begin(attempt), throttle.recordSuccess(attempt))
        })
      const isAdmitted = (ip: number) =>
        Effect.flatMap(LoginThrottle, (throttle) => Effect.isSuccess(throttle.begin({ email, ip: `192.0.2.${ip}` })))
      const fail = (ip: number) =>
        Effect.flatMap(LoginThrottle, (throttle) => {
          const attempt = { email, ip: `198.51.100.${ip}` }
          return Effect.andThen(throttle.begin(attempt), throttle.recordFailure(attempt))
        })
      yield* process.run(
        Effect.forEach(
          Array.from({ length: 33 }, (_, ip) => ip),
          logIn,
        ),
      )
      yield* process.run(
        Effect.forEach(
          Array.from({ length: 100 }, (_, ip) => ip),
          fail,
        ),
      )
      expect(yield* process.run(isAdmitted(0))).toBe(false)
      for (const ip of [1, 32]) expect(yield* process.run(isAdmitted(ip))).toBe(true)
    }),
  )

  liveScenario("contains no password hash", () =>
    Effect.gen(function* () {
      const server = yield* startRedisServer()
      const process = yield* startWatchedProcess(server.url, prefix, longTimes)
      const { load, userId } = makeSource()
      yield* process.run(get(userId, load))
      const kept = String(yield* server.tell("GET", yield* onlyKeyLike(server, `*${userId}*`)))
      expect(kept).toContain(userId)
      expect(kept).not.toMatch(/argon2|password/i)
    }),
  )

  liveScenario("includes no profile that changed while Redis hung, before Redis is used again", () =>
    Effect.gen(function* () {
      const server = yield* startRedisServer()
      const way = yield* makeTcpProxy({ host: "127.0.0.1", port: server.port })
      yield* way.open
      const [one, other] = yield* Effect.all([
        startWatchedProcess(`redis://127.0.0.1:${way.port}`, prefix, longTimes),
        startWatchedProcess(server.url, prefix, longTimes),
      ])
      const { load, nth, userId } = makeSource()
      yield* one.run(get(userId, load))
      expect(yield* other.run(get(userId, load))).toStrictEqual(nth(1))
      const kept = Effect.flatMap(onlyKeyLike(server, `*${userId}*`), (key) => server.tell("GET", key))
      yield* way.cut
      yield* one.run(eventually(isAway))
      yield* server.freeze
      yield* one.run(forget(userId))
      expect(yield* one.run(get(userId, load))).toStrictEqual(nth(2))
      expect(yield* other.run(get(userId, load))).toStrictEqual(nth(3))
      // The other resumes first. Redis still has the old value, and no request receives it.
      yield* server.thaw
      yield* other.run(eventually(isUp, 1_000))
      expect(String(yield* kept)).toContain("v1")
      expect(yield* other.run(get(userId, load))).toStrictEqual(nth(4))
      yield* way.open
      yield* one.run(eventually(isUp, 1_000))
      expect(yield* kept).toBe("forgotten")
      expect(yield* one.run(get(userId, load))).toStrictEqual(nth(5))
    }),
  )

  liveScenario("includes no invalidated profile that Redis restores from its disk", () =>
    Effect.gen(function* () {
      const server = yield* startRedisServer()
      const process = yield* startWatchedProcess(server.url, prefix, longTimes)
      const { load, nth, userId } = makeSource()
      yield* process.run(get(userId, load))
      yield* server.tell("SAVE")
      yield* process.run(forget(userId))
      yield* server.kill
      yield* process.run(eventually(isAway))
      yield* server.start
      yield* process.run(eventually(isUp, 1_000))
      expect(yield* server.tell("GET", yield* onlyKeyLike(server, `*${userId}*`))).toBe("forgotten")
      expect(yield* process.run(get(userId, load))).toStrictEqual(nth(2))
    }),
  )
})
