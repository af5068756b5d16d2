/** Holds the Redis adapters to a replica or another master after a failover. */
import { expect } from "@effect/vitest"
import { Effect } from "effect"
import { describeWithRedisServer, startRedisCluster, startRedisSentinel } from "../../support/RedisServer.ts"
import { everything, expectOneOutage, isAway, isUp, take } from "../../support/redisCalls.ts"
import { eventually } from "../../support/redisSuites.ts"
import { liveScenario } from "../../support/steadily.ts"
import { startWatchedProcess } from "../../support/watchedProcess.ts"

const prefix = "fail-over:"

describeWithRedisServer("a Redis that fails over", () => {
  liveScenario("is followed through its Sentinels, with its counts", () =>
    Effect.gen(function* () {
      const { master, replica, url } = yield* startRedisSentinel
      const [one, other] = yield* Effect.all([startWatchedProcess(url, prefix), startWatchedProcess(url, prefix)])
      expect(yield* one.run(isUp)).toBe(true)
      const takeAll = Effect.all(Array.from({ length: 60 }, () => take("user:x")))
      yield* one.run(takeAll)
      yield* master.tell("WAIT", "1", "1000")
      yield* master.kill
      yield* one.run(eventually(isAway))
      for (let round = 0; round < 20; round++) yield* one.run(everything)
      for (const process of [one, other]) yield* process.run(eventually(isUp, 2_000))
      const quotas = yield* other.run(takeAll)
      expect(quotas.filter(({ isAllowed }) => isAllowed).length).toBe(40)
      yield* other.run(everything)
      expect(String(yield* replica.tell("INFO", "replication"))).toContain("role:master")
      for (const process of [one, other]) expectOneOutage(process)
    }),
  )

  liveScenario("is not used while a server of a cluster is down, and is used again when it returns", () =>
    Effect.gen(function* () {
      const { servers, url } = yield* startRedisCluster({ nodeTimeoutMillis: 1_000 })
      const process = yield* startWatchedProcess(url, prefix)
      expect(yield* process.run(isUp)).toBe(true)
      const [gone] = servers
      if (gone === undefined) return
      yield* gone.kill
      yield* process.run(eventually(Effect.andThen(everything, isAway)))
      for (let round = 0; round < 50; round++) yield* process.run(everything)
      // Longer than the cluster takes to notice, so that its other servers refuse too.
      yield* Effect.sleep(2_500)
      for (let round = 0; round < 50; round++) yield* process.run(everything)
      expect(yield* process.run(isAway)).toBe(true)
      yield* gone.start
      yield* process.run(eventually(isUp, 2_000))
      yield* process.run(everything)
      expectOneOutage(process)
    }),
  )
})
