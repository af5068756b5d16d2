/** Holds a service of several workers to its stop, and to what it does when a worker is killed or frozen. */
import { execFileSync } from "node:child_process"
import { Effect } from "effect"
import { expect, it } from "vitest"
import { describeOnPostgres } from "../support/postgres.ts"
import { describeWithRedisServer } from "../support/RedisServer.ts"
import type { ServerProcess } from "../support/serverProcess.ts"
import { liveScenario } from "../support/steadily.ts"
import { ask, expectAllAnswered } from "../support/stopUnderLoad.ts"
import { logOf, openBoth, patient, sampleOf, useTwoWorkers } from "./twoWorkers.ts"

/** The processes of the workers, by the system's own table. */
const workersOf = ({ child }: ServerProcess): ReadonlyArray<number> =>
  execFileSync("ps", ["-A", "-o", "pid=,ppid=,comm="], { encoding: "utf8" })
    .split("\n")
    .map((line) => line.trim().split(/ +/))
    .filter(([, parent, command]) => Number(parent) === child.pid && command !== "ps")
    .map(([pid]) => Number(pid))

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describeOnPostgres("a service of two workers", () => {
  describeWithRedisServer("with Redis", () => {
    const { start } = useTwoWorkers()

    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
      liveScenario(`that stops by ${signal} answers all that is asked under load`, () =>
        Effect.promise(async () => {
          const server = await start({ SHUTDOWN_DELAY: "300 millis" })
          const workers = workersOf(server)
          await expectAllAnswered(server, signal)
          expect(workers.filter(isAlive)).toEqual([])
          // No line is torn, though two processes write to one output.
          expect(logOf(server).filter(({ message }) => message.startsWith("Taskwright stopped"))).toHaveLength(1)
        }),
      )
    }

    it("is not ready first at any worker, and ends at once at a second signal", async () => {
      const server = await start({ SHUTDOWN_DELAY: "5 minutes" })
      const workers = workersOf(server)
      expect(workers).toHaveLength(2)
      const connections = await openBoth(server)
      // Terminals and process managers signal the workers too, in any order.
      for (const pid of workers) process.kill(pid, "SIGTERM")
      server.child.kill("SIGTERM")
      for (const connection of connections) {
        await expect.poll(async () => (await connection.send("GET", "/health/ready")).status, patient).toBe(503)
        expect((await connection.send("GET", "/health")).status).toBe(200)
        connection.close()
      }
      expect(await server.end("SIGINT")).toBe(130)
      await expect.poll(() => workers.filter(isAlive), patient).toEqual([])
    })

    it("leaves no worker behind when its parent is killed, and its port is free", async () => {
      const server = await start()
      const workers = workersOf(server)
      await server.end("SIGKILL")
      await expect.poll(() => workers.filter(isAlive), patient).toEqual([])
      const next = await start({ PORT: new URL(server.url).port })
      expect((await ask(`${next.url}/health`, false)).status).toBe(200)
      expect(await next.end("SIGTERM")).toBe(0)
    })

    it("replaces a worker that is killed, serves on meanwhile, and keeps its counters", async () => {
      const server = await start()
      const [one, other] = await openBoth(server)
      const sample = `taskwright_http_requests_total{method="GET",route="/health",status="200"}`
      await one.send("GET", "/health")
      const before = sampleOf((await other.send("GET", "/metrics")).text, sample)
      const workers = workersOf(server)
      // The first worker is the first process.
      const victim = Math.min(...workers)
      process.kill(victim, "SIGKILL")
      const replaced = () =>
        logOf(server).some(({ message }) => message.startsWith(`Worker 1 (process ${victim}) ended`))
      await expect.poll(replaced, patient).toBe(true)
      expect((await other.send("GET", "/health")).status).toBe(200)
      expect((await ask(`${server.url}/health`, false)).status).toBe(200)
      await expect.poll(() => workersOf(server).length, patient).toBe(2)
      expect(workersOf(server)).not.toContain(victim)
      for (const connection of await openBoth(server)) connection.close()
      const { text } = await other.send("GET", "/metrics")
      expect(sampleOf(text, sample)).toBeGreaterThan(before)
      expect(sampleOf(text, "taskwright_worker_restarts_total")).toBe(1)
      for (const connection of [one, other]) connection.close()
      expect(await server.end("SIGTERM")).toBe(0)
    })

    it("serves on while a worker is frozen, and counts it as late with its last metrics", async () => {
      const server = await start()
      const [one, other] = await openBoth(server)
      const sample = `taskwright_http_requests_total{method="GET",route="/openapi.json",status="200"}`
      for (const connection of [one, other]) await connection.send("GET", "/openapi.json")
      expect(sampleOf((await other.send("GET", "/metrics")).text, sample)).toBe(2)
      const frozen = Math.min(...workersOf(server))
      process.kill(frozen, "SIGSTOP")
      const { text } = await other.send("GET", "/metrics")
      expect(sampleOf(text, "taskwright_workers_late")).toBe(1)
      expect(sampleOf(text, sample)).toBe(2)
      process.kill(frozen, "SIGCONT")
      expect((await one.send("GET", "/health")).status).toBe(200)
      expect(sampleOf((await one.send("GET", "/metrics")).text, "taskwright_workers_late")).toBe(0)
      for (const connection of [one, other]) connection.close()
      expect(await server.end("SIGTERM")).toBe(0)
    })
  })
})
