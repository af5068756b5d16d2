/** Calls each port that Redis implements, for tests of outages. */
import { expect } from "@effect/vitest"
import { Effect } from "effect"
import { RedisConnection } from "../../adapters/redis/connection/RedisConnection.ts"
import { LoginThrottle } from "../../application/accounts/passwords/LoginThrottle.ts"
import { RevokedSessions } from "../../application/accounts/sessions/RevokedSessions.ts"
import { ChangeSignal } from "../../application/changes/ChangeSignal.ts"
import { RateLimiter } from "../../application/shared/RateLimiter.ts"
import { forget, get, makeSource } from "../contracts/ProfileCache.contract.ts"
import { newEmail, newSessionId } from "./entities.ts"
import type { WatchedProcess } from "./watchedProcess.ts"

export const isUp = Effect.map(RedisConnection, (connection) => connection.isUp())
export const isAway = Effect.map(isUp, (isUp) => !isUp)

export const take = (key: string, limit = 100, cost?: number) =>
  Effect.flatMap(RateLimiter, ({ consume }) => consume(key, { limit, windowMillis: 60_000 }, cost))

export const outagesTotal = "taskwright_redis_outages_total"
export const up = "taskwright_redis_up"

/** Makes one call of every kind that a request may send to Redis. */
export const everything = Effect.gen(function* () {
  const throttle = yield* LoginThrottle
  const sessions = yield* RevokedSessions
  const attempt = { email: newEmail(), ip: "192.0.2.1" }
  const { load, userId } = makeSource()
  yield* take(`user:${userId}`)
  yield* throttle.begin(attempt)
  yield* throttle.recordFailure(attempt)
  yield* throttle.begin(attempt)
  yield* throttle.recordSuccess(attempt)
  yield* throttle.begin(attempt)
  yield* throttle.cancel(attempt)
  const id = newSessionId()
  yield* sessions.revoke(id)
  expect(yield* sessions.has(id)).toBe(true)
  expect((yield* get(userId, load)).id).toBe(userId)
  yield* forget(userId)
  expect((yield* get(userId, load)).id).toBe(userId)
  const signal = yield* ChangeSignal
  const next = yield* signal.watch(userId)
  yield* signal.changed(userId)
  yield* next
}).pipe(Effect.scoped)

/** Asserts what the log and the metrics report after one outage has ended. */
export const expectOneOutage = (process: WatchedProcess) => {
  expect(
    process.lines().map(([level, message]) => [level, message.replace(/.* is (away|back) .*/, "$1")]),
  ).toStrictEqual([
    ["Warn", "away"],
    ["Info", "back"],
  ])
  expect([process.metric(outagesTotal), process.metric(up)]).toStrictEqual([1, 1])
}
