import { randomUUID } from "node:crypto"
import { Layer, Redacted } from "effect"
import { Cluster, Redis } from "ioredis"
import { describe } from "vitest"
import * as MemoryLoginThrottle from "../../adapters/memory/state/MemoryLoginThrottle.ts"
import * as MemoryRateLimiter from "../../adapters/memory/state/MemoryRateLimiter.ts"
import * as MemoryEndedSessions from "../../adapters/memory/state/MemoryRevokedSessions.ts"
import * as RedisConnection from "../../adapters/redis/connection/RedisConnection.ts"
import * as RedisLoginThrottle from "../../adapters/redis/RedisLoginThrottle.ts"
import * as RedisProfileCache from "../../adapters/redis/RedisProfileCache.ts"
import * as RedisRateLimiter from "../../adapters/redis/RedisRateLimiter.ts"
import * as RedisEndedSessions from "../../adapters/redis/RedisRevokedSessions.ts"
import { ProfileCache } from "../../application/accounts/ProfileCache.ts"
import { LoginThrottle } from "../../application/accounts/passwords/LoginThrottle.ts"
import { RevokedSessions } from "../../application/accounts/sessions/RevokedSessions.ts"
import { notRunName } from "./notRun.ts"
import { passReal, steadily } from "./steadily.ts"
import type { TimeControl } from "./TimeControl.ts"

/** The Redis that the tests use, as `services.ts` found or started it; undefined where there is none. */
export const redisUrl: string | undefined = process.env["TEST_REDIS_URL"]

const absence = process.env["TEST_REDIS_ABSENT"] ?? "nobody looked for a Redis"

/** A `describe` for tests that need a Redis. Without one they are not run, and reported by their name. */
export const describeOnRedis = (name: string, tests: () => void): void => {
  if (redisUrl === undefined) describe.skip(notRunName(name, absence), tests)
  else describe(name, tests)
}

/** By how much a timer may be early by another clock than its own. */
const timerMillis = 5

/** Redis keeps its own time, so what depends on it waits for real. */
export const realTime: TimeControl = {
  pass: (millis) => passReal(millis + timerMillis),
  excludeTestServices: true,
  scenario: steadily,
}

/** A prefix that nobody else has. */
export const freshPrefix = (): string => `test-${randomUUID()}:`

const deleteKeys = async (server: Redis, pattern: string): Promise<void> => {
  for await (const keys of server.scanStream({ match: pattern, count: 1000 })) {
    for (const key of keys as ReadonlyArray<string>) await server.del(key)
  }
}

/** Deletes every key that begins so, on every server of a cluster. */
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

/** What a test waits for Redis where it is no matter how long: the machine may be busy with other tests. */
export const patientMillis = 10_000

/** A process's own connection to the Redis under the prefix. */
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

/** A process of the service, as far as Redis goes, with times that a test can wait for. */
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
    RedisRateLimiter.layer.pipe(Layer.provide(Layer.fresh(MemoryRateLimiter.layer))),
    Layer.effect(LoginThrottle, RedisLoginThrottle.make(shortLoginLimits)).pipe(
      Layer.provide(Layer.fresh(MemoryLoginThrottle.layer)),
    ),
    RedisEndedSessions.layer.pipe(
      Layer.provide(Layer.sync(RevokedSessions, () => MemoryEndedSessions.make(tokenLifetimeMillis))),
    ),
    Layer.effect(ProfileCache, RedisProfileCache.make(profileTimes)),
  ).pipe(Layer.provideMerge(connectionTo(url, keyPrefix, deadlineMillis)))
