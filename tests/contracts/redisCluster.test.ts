/** Holds the adapters on a Redis Cluster to their contracts. */
import { Effect, Exit, Layer, Scope } from "effect"
import { afterAll } from "vitest"
import { describeWithRedisServer, startRedisCluster } from "../support/RedisServer.ts"
import { freshPrefix, patientMillis, processOn } from "../support/redis.ts"
import { suites } from "../support/redisSuites.ts"

describeWithRedisServer("on a Redis Cluster", () => {
  const scope = Scope.makeUnsafe()
  const prefix = freshPrefix()
  const cluster = Effect.runSync(Effect.cached(Scope.provide(startRedisCluster(), scope)))
  suites("Redis Cluster", () =>
    Layer.unwrap(Effect.map(cluster, ({ url }) => processOn(url, prefix, { deadlineMillis: patientMillis }))),
  )
  afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))
})
