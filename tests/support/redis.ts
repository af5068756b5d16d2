/** Connects tests to the Redis server of the tests, each under a key prefix of its own. */
import { randomUUID } from "node:crypto"
import { Layer, Redacted } from "effect"
import { Cluster, Redis } from "ioredis"
import { describe } from "vitest"
import * as MemoryChangeSignal from "../../adapters/memory/state/MemoryChangeSignal.ts"
import * as MemoryLoginThrottle from "../../adapters/memory/state/MemoryLoginThrottle.ts"
import * as MemoryRateLimiter from "../../adapters/memory/state/MemoryRateLimiter.ts"
import * as MemoryRevokedApiTokens from "../../adapters/memory/state/MemoryRevokedApiTokens.ts"
import * as MemoryRevokedSessions from "../../adapters/memory/state/MemoryRevokedSessions.ts"
import * as RedisConnection from "../../adapters/redis/connection/RedisConnection.ts"
import * as RedisChangeSignal from "../../adapters/redis/RedisChangeSignal.ts"
import * as RedisLoginThrottle from "../../adapters/redis/RedisLoginThrottle.ts"
import * as RedisProfileCache from "../../adapters/redis/RedisProfileCache.ts"
import * as RedisRateLimiter from "../../adapters/redis/RedisRateLimiter.ts"
import * as RedisRevokedApiTokens from "../../adapters/redis/RedisRevokedApiTokens.ts"
import * as RedisRevokedSessions from "../../adapters/redis/RedisRevokedSessions.ts"
import { ProfileCache } from "../../application/accounts/ProfileCache.ts"
import { LoginThrottle } from "../../application/accounts/passwords/LoginThrottle.ts"
import { RevokedSessions } from "../../application/accounts/sessions/RevokedSessions.ts"
import { notRunName } from "./notRun.ts"
import { passReal, steadily } from "./steadily.ts"
import type { TimeControl } from "./TimeControl.ts"

/** The Redis server that `services.ts` found or started; undefined if there is none. */
export const redisUrl: string | undefined = process.env["TEST_REDIS_URL"]

const absence = process.env["TEST_REDIS_ABSENT"] ?? "no Redis was looked for"

/** A `describe` for tests that need a Redis. Without one they do not run, and are reported by their name. */
export const describeOnRedis = (name: string, tests: () => void): void => {
  if (redisUrl === undefined) describe.skip(notRunName(name, absence), tests)
  else describe(name, tests)
}

/** By how much a timer may be early according to another clock. */
const timerMillis = 5

/** Redis keeps its own time, so tests of it wait in real time. */
export const realTime: TimeControl = {
  pass: (millis) => passReal(millis + timerMillis),
  excludeTestServices: true,
  scenario: steadily,
}

/** Returns a key prefix that no other test uses. */
export const freshPrefix = (): string => `test-${randomUUID()}:`

const deleteKeys = async (server: Redis, pattern: string): Promise<void> => {
  for await (const keys of server.scanStream({ match: pattern, count: 1000 })) {
    for (const key of keys as ReadonlyArray<string>) await server.del(key)
  }
}

/** Deletes every key with the prefix, on every server of a cluster. */
export const deletePrefix = async (url: string, prefix: string): Promise<void> => {
  const [node = ""] = url.replace(/^redis\+cluster:\/\//, "").split(",")
  const client = url.startsWith("redis+cluster:") ? new Cluster([`redis://${node}`]) : new Redis(url)
  try {
    if (client instanceof Redis) return await deleteKeys(client, `${prefix}*`)
    await new Promise((resolve) => client.once("ready", resolve))
    for (const server of client.nodes("master")) await deleteKeys(server, `${prefix}*`)
  } finally {
    client.disconnect()
  }
}

/** How long a test waits for Redis if the duration does not matter. Other tests may keep the machine busy. */
export const patientMillis = 10_000

/** Opens a process's own connection to the Redis under the prefix. */
const connectionTo = (url: string, keyPrefix: string, deadlineMillis?: number) =>
  Layer.fresh(RedisConnection.layer({ url: Redacted.make(url), keyPrefix, deadlineMillis }))

/** The lockout's limits with a minute of 400 ms, for a store in real time. */
const shortMinuteMillis = 400
export const shortLoginLimits: RedisLoginThrottle.LoginLimits = {
  pairFailures: 5,
  pairWindowMillis: 15 * shortMinuteMillis,
  emailFailures: 100,
  emailWindowMillis: 60 * shortMinuteMillis,
}

export const shortProfileTimes = { lifetimeMillis: 2_000, invalidationHoldMillis: 800 }
const tokenLifetimeMillis = 60 * 60 * 1000

/** The part of a service process that uses Redis, with times that a test can wait for. */
export const processOn = (
  url: string,
  keyPrefix: string,
  {
    deadlineMillis,
    profileTimes = shortProfileTimes,
  }: {
    readonly deadlineMillis?: number
    readonly profileTimes?: RedisProfileCache.ProfileTimes | undefined
  } = {},
) =>
  Layer.mergeAll(
    RedisChangeSignal.layer.pipe(Layer.provide(Layer.fresh(MemoryChangeSignal.layer))),
    RedisRateLimiter.layer.pipe(Layer.provide(Layer.fresh(MemoryRateLimiter.layer))),
    Layer.effect(LoginThrottle, RedisLoginThrottle.make(shortLoginLimits)).pipe(
      Layer.provide(Layer.fresh(MemoryLoginThrottle.layer)),
    ),
    RedisRevokedSessions.layer.pipe(
      Layer.provide(Layer.sync(RevokedSessions, () => MemoryRevokedSessions.make(tokenLifetimeMillis))),
    ),
    RedisRevokedApiTokens.layer.pipe(Layer.provide(Layer.fresh(MemoryRevokedApiTokens.layer))),
    Layer.effect(ProfileCache, RedisProfileCache.make(profileTimes)),
  ).pipe(Layer.provideMerge(connectionTo(url, keyPrefix, deadlineMillis)))
