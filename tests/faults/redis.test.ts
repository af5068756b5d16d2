/** Holds a server to right answers for every request, and one outage in log and metrics, when its Redis fails. */
import { Effect, Exit, Scope } from "effect"
import { afterAll, beforeAll, expect, it } from "vitest"
import { describeOnPostgres } from "../support/postgres.ts"
import { describeWithRedisServer, type RedisServer, startRedisServer } from "../support/RedisServer.ts"
import type { ServerProcess } from "../support/serverProcess.ts"
import { call, countStatuses } from "./Caller.ts"
import { startReader } from "./Reader.ts"
import { serverOnPostgres } from "./serverOnPostgres.ts"
import { errorLines, oneOutage, outageLines, scrape } from "./Watch.ts"
import { makeWriter, type Writer } from "./Writer.ts"

const run = Effect.runPromise
const limitMillis = 60_000
const until = (condition: () => boolean | Promise<boolean>) =>
  expect.poll(condition, { timeout: limitMillis, interval: 50 }).toBe(true)

describeOnPostgres("a server on PostgreSQL", () => {
  describeWithRedisServer("whose Redis fails", () => {
    const scope = Scope.makeUnsafe()
    let redis: RedisServer
    let server: ServerProcess
    let writers: ReadonlyArray<Writer>

    beforeAll(async () => {
      const prepare = Effect.gen(function* () {
        redis = yield* startRedisServer()
        return { REDIS_URL: redis.url }
      })
      server = await run(Scope.provide(serverOnPostgres(prepare), scope))
      writers = await Promise.all([1, 2].map(() => makeWriter(() => server.url)))
    })
    afterAll(() => run(Scope.close(scope, Exit.void)))

    const redisCheck = async () => {
      const { body, status } = await call(server.url, "GET", "/health/ready")
      return [status, (body["checks"] as { redis: string }).redis]
    }

    /** Applies the fault while clients read and write, ends it, and checks responses, log, metrics and data. */
    const suffer = async (
      name: string,
      begin: () => Promise<unknown>,
      end: () => Promise<unknown>,
      isOutage: boolean,
    ): Promise<void> => {
      const linesBefore = outageLines(server, "Redis").length
      const newLines = () => outageLines(server, "Redis").slice(linesBefore)
      const before = await scrape(server.url)
      const reader = startReader(server.url, "/api/v1/users/me", writers[0]?.token)
      for (const writer of writers) writer.start()
      await until(() => reader.statuses().length > 10)

      await begin()
      try {
        if (isOutage) {
          await until(() => newLines().length > 0)
          expect(await redisCheck()).toEqual([200, "degraded"])
          expect((await scrape(server.url)).sum("taskwright_redis_up")).toBe(0)
        }
        const seen = reader.statuses().length
        await until(() => reader.statuses().length > seen + 20)
      } finally {
        await end()
      }
      await expect.poll(redisCheck, { timeout: limitMillis }).toEqual([200, "ok"])
      const seen = reader.statuses().length
      await until(() => reader.statuses().length > seen + 10)
      await Promise.all([reader, ...writers].map((client) => client.stop()))

      expect(Object.keys(countStatuses(reader.statuses()))).toEqual(["200"])
      for (const writer of writers) {
        expect(writer.unsure()).toBe(0)
        await writer.verify()
      }
      expect(newLines()).toEqual(isOutage ? oneOutage : [])
      const after = await scrape(server.url)
      const outages = after.sum("taskwright_redis_outages_total") - before.sum("taskwright_redis_outages_total")
      expect([outages, after.sum("taskwright_redis_up")]).toEqual([isOutage ? 1 : 0, 1])
      expect(errorLines(server)).toEqual([])
      console.log(
        `Redis ${name}: ${reader.statuses().length} reads, all 200; the longest ${Math.round(reader.longestMillis())} ms`,
      )
    }

    it("answers while Redis is killed", () =>
      suffer(
        "killed",
        () => run(redis.kill),
        () => run(redis.start),
        true,
      ))

    it("answers while Redis is frozen", () =>
      suffer(
        "frozen",
        () => run(redis.freeze),
        () => run(redis.thaw),
        true,
      ))

    it("answers while Redis loses all its data and scripts", () =>
      suffer(
        "flushed",
        () => run(Effect.andThen(redis.tell("FLUSHALL"), redis.tell("SCRIPT", "FLUSH"))),
        async () => undefined,
        false,
      ))

    it("answers while Redis is a replica that accepts no writes", () =>
      suffer(
        "read-only",
        () => run(redis.tell("REPLICAOF", "127.0.0.1", "1")),
        () => run(redis.tell("REPLICAOF", "NO", "ONE")),
        true,
      ))

    it("answers while Redis has no memory left", () =>
      suffer(
        "full",
        () => run(redis.tell("CONFIG", "SET", "maxmemory", "1")),
        () => run(redis.tell("CONFIG", "SET", "maxmemory", "0")),
        true,
      ))
  })
})
