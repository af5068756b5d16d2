/** Runs the HTTP suites of counts and shared state with Redis. */
import { Effect, Layer, Redacted } from "effect"
import { afterAll } from "vitest"
import { Readiness } from "../../adapters/http/server/settings/Readiness.ts"
import * as MemoryEmailSender from "../../adapters/memory/MemoryEmailSender.ts"
import * as MemoryRepositories from "../../adapters/memory/MemoryRepositories.ts"
import * as MemorySharedState from "../../adapters/memory/state/MemorySharedState.ts"
import * as RedisConnection from "../../adapters/redis/connection/RedisConnection.ts"
import * as RedisSharedState from "../../adapters/redis/RedisSharedState.ts"
import { runOutbox } from "../../adapters/workers/EmailWorker.ts"
import { runEmailRequests } from "../../application/mail/HandleEmailRequests.ts"
import { cheapCrypto } from "../support/cheapCrypto.ts"
import { deletePrefix, describeOnRedis, freshPrefix, patientMillis, redisUrl } from "../support/redis.ts"
import { suitesOfSharedState } from "./suites/index.ts"

const url = redisUrl ?? ""
const prefixes: Array<string> = []

/** Every service that starts has a key prefix of its own, so that each suite's counts start at zero. */
const connection = Layer.unwrap(
  Effect.sync(() => {
    const keyPrefix = freshPrefix()
    prefixes.push(keyPrefix)
    return RedisConnection.layer({ url: Redacted.make(url), keyPrefix, deadlineMillis: patientMillis })
  }),
)

const redis = Layer.merge(runEmailRequests, Layer.effectDiscard(runOutbox)).pipe(
  Layer.provideMerge(
    Layer.mergeAll(
      MemoryRepositories.layer,
      MemoryEmailSender.layer,
      Layer.succeed(Readiness, { database: Effect.succeed(true), redis: null, mail: Effect.succeed(true) }),
      RedisSharedState.layer.pipe(Layer.provide(MemorySharedState.layer), Layer.provide(connection)),
    ),
  ),
  Layer.provideMerge(cheapCrypto),
)

describeOnRedis("with Redis", () => {
  suitesOfSharedState("Redis", redis)
  afterAll(async () => {
    for (const prefix of prefixes) await deletePrefix(url, prefix)
  })
})
