/** Holds a server under a mixed load to level handles and connections, and prints the slope of its memory. */
import { Effect, Exit, Scope } from "effect"
import { afterAll, beforeAll, expect, it } from "vitest"
import { describeOnPostgres } from "../support/postgres.ts"
import { describeWithRedisServer, startRedisServer } from "../support/RedisServer.ts"
import type { ServerProcess } from "../support/serverProcess.ts"
import { startSmtpServer } from "../support/smtpServer.ts"
import { call, countStatuses, password, register, registration, taskOf } from "./Caller.ts"
import { serverOnPostgres } from "./serverOnPostgres.ts"
import { type Sample, slopePerMinute } from "./slope.ts"
import { errorLines, failedRequests, refusedRequests, scrape } from "./Watch.ts"

/** How long the load runs. `FAULT_MINUTES` names another time. */
const minutes = Number(process.env["FAULT_MINUTES"] ?? 1)
const users = 6
const pauseMillis = 10
const poolSize = 4
const sampleMillis = 1_000
/** The first part of the time, in which caches fill and code is compiled, is no part of the slopes. */
const warmUpPart = 1 / 3
/** What may differ between two moments without load: timers, and sockets to Redis or to the mail server. */
const restingDifference = 8

const measures = {
  "memory (MB)": ["process_resident_memory_bytes", 1e6],
  "heap (MB)": ["nodejs_heap_size_used_bytes", 1e6],
  handles: ["nodejs_active_resources", 1],
  "connections in use": ["taskwright_database_pool_connections_in_use", 1],
} as const

const run = Effect.runPromise
const sleep = (millis: number) => new Promise((resolve) => setTimeout(resolve, millis))

describeOnPostgres("a server on PostgreSQL", () => {
  describeWithRedisServer(`under a mixed load for ${minutes} minutes`, () => {
    const scope = Scope.makeUnsafe()
    let server: ServerProcess
    beforeAll(async () => {
      const prepare = Effect.gen(function* () {
        const mail = yield* startSmtpServer()
        return {
          DATABASE_POOL_SIZE: String(poolSize),
          REDIS_URL: (yield* startRedisServer()).url,
          SMTP_URL: `smtp://127.0.0.1:${mail.port}`,
        }
      })
      server = await run(Scope.provide(serverOnPostgres(prepare), scope))
    })
    afterAll(() => run(Scope.close(scope, Exit.void)))

    const statuses: Array<number> = []
    const ask = async (method: string, path: string, token?: string, body?: object) => {
      const reply = await call(server.url, method, path, { token, body })
      statuses.push(reply.status)
      return reply
    }

    /** One round of what a user does; every tenth also signs up, and signs in and out. */
    const round = async (token: string, turn: number) => {
      const { id } = taskOf(await ask("POST", "/api/v1/tasks", token, { title: `task of turn ${turn}` }))
      await ask("GET", "/api/v1/tasks?limit=50&sort=priority", token)
      await ask("PATCH", `/api/v1/tasks/${id}`, token, { version: 1, description: "x".repeat(turn % 2_000) })
      await ask("GET", `/api/v1/tasks/${id}`, token)
      await ask("GET", "/api/v1/users/me", token)
      await ask("DELETE", `/api/v1/tasks/${id}`, token)
      await ask("GET", `/api/v1/tasks/${id}`, token)
      await ask("POST", "/api/v1/tasks", token, { title: "" })
      if (turn % 10 !== 0) return
      const body = registration()
      await ask("POST", "/api/v1/auth/register", undefined, body)
      const session = await ask("POST", "/api/v1/auth/login", undefined, { email: body.email, password })
      await ask("POST", "/api/v1/auth/logout", String(session.body["access_token"]))
      // Documents have a limit of their own, which a fast machine would reach with one in ten.
      if (turn % 100 === 0) await ask("GET", "/openapi.json")
    }

    /** Waits until the requests and their connections are over. */
    const restingHandles = async () => {
      await sleep(3 * sampleMillis)
      return (await scrape(server.url)).sum("nodejs_active_resources")
    }

    it("keeps handles and connections level", async () => {
      const tokens = await Promise.all(Array.from({ length: users }, () => register(server.url)))
      for (const token of tokens) await round(token, 0)
      const handlesBefore = await restingHandles()
      const end = performance.now() + minutes * 60_000
      const load = tokens.map(async (token) => {
        for (let turn = 1; performance.now() < end; turn++) {
          await round(token, turn)
          await sleep(pauseMillis)
        }
      })
      const samples = new Map<string, Array<Sample>>(Object.keys(measures).map((name) => [name, []]))
      const begun = performance.now()
      while (performance.now() < end) {
        await sleep(sampleMillis)
        const metrics = await scrape(server.url)
        const seconds = (performance.now() - begun) / 1_000
        for (const [name, [metric, unit]] of Object.entries(measures)) {
          samples.get(name)?.push({ seconds, value: metrics.sum(metric) / unit })
        }
      }
      await Promise.all(load)

      for (const [name, all] of samples) {
        const warm = all.slice(Math.floor(all.length * warmUpPart))
        const values = warm.map(({ value }) => value)
        console.log(
          `${name}: ${slopePerMinute(warm).toFixed(2)} a minute, from ${Math.min(...values).toFixed(1)} to ${Math.max(...values).toFixed(1)}`,
        )
      }
      const metrics = await scrape(server.url)
      console.log(`${statuses.length} requests:`, countStatuses(statuses))
      expect(Object.keys(countStatuses(statuses))).toEqual(["200", "201", "204", "400", "404"])
      expect([failedRequests(metrics), refusedRequests(metrics), errorLines(server)]).toEqual([0, 0, []])
      expect(Math.max(...(samples.get("connections in use") ?? []).map(({ value }) => value))).toBeLessThanOrEqual(
        poolSize,
      )
      expect(metrics.sum("taskwright_database_pool_waiting")).toBe(0)
      // Idle connections of the load stay open for a minute, so they are counted before and after.
      expect((await restingHandles()) - handlesBefore).toBeLessThan(users * 3 + restingDifference)
      expect(await server.end("SIGTERM")).toBe(0)
    })
  })
})
