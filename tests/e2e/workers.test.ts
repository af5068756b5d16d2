/** Holds a service of several workers to what one process does: limits, revocations, changes, metrics and its stop. */
import { execFileSync } from "node:child_process"
import { Agent, request } from "node:http"
import { connect } from "node:net"
import { Effect, Exit, Layer, Redacted, Scope } from "effect"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import { describeOnPostgres, emptySchema, TestSchema } from "../support/postgres.ts"
import { describeWithRedisServer, startRedisServer } from "../support/RedisServer.ts"
import { refusedStart, type ServerProcess, startServer } from "../support/serverProcess.ts"
import { liveScenario } from "../support/steadily.ts"
import { ask, expectAllAnswered } from "../support/stopUnderLoad.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"

/** How long a process may take to start or to end, on a machine that runs other tests beside it. */
const patient = { timeout: 60_000, interval: 50 }

interface Reply {
  readonly status: number
  readonly id: string
  readonly text: string
}

/** One connection to the service, which stays with the worker that took it. */
interface Connection {
  readonly send: (method: string, path: string, token?: string, body?: object) => Promise<Reply>
  readonly close: () => void
}

const open = ({ url }: ServerProcess): Connection => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  return {
    close: () => agent.destroy(),
    send: (method, path, token, body) =>
      new Promise((resolve, reject) => {
        const headers = {
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(body !== undefined && { "content-type": "application/json" }),
        }
        request(`${url}${path}`, { method, agent, headers }, (response) => {
          let text = ""
          response.setEncoding("utf8").on("data", (chunk) => {
            text += chunk
          })
          response.on("error", reject)
          response.on("end", () =>
            resolve({ status: response.statusCode ?? 0, id: String(response.headers["x-request-id"]), text }),
          )
        })
          .on("error", reject)
          .end(body === undefined ? undefined : JSON.stringify(body))
      }),
  }
}

interface LogLine {
  readonly message: string
  readonly worker?: number
  readonly request_id?: string
}

const logOf = ({ output }: ServerProcess): ReadonlyArray<LogLine> => {
  const text = output()
  return text
    .slice(0, text.lastIndexOf("\n"))
    .split("\n")
    .map((line) => JSON.parse(line) as LogLine)
}

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

const sampleOf = (metrics: string, sample: string): number =>
  Number(
    metrics
      .split("\n")
      .find((line) => line.startsWith(`${sample} `))
      ?.slice(sample.length + 1),
  )

describe("several workers", () => {
  it.each([
    [{}, "DATABASE_URL"],
    [{ DATABASE_URL: "memory:", REDIS_URL: "redis://127.0.0.1:1" }, "DATABASE_URL"],
    [{ DATABASE_URL: "postgres://127.0.0.1:1/x" }, "REDIS_URL"],
    [
      { DATABASE_URL: "postgres://127.0.0.1:1/x", REDIS_URL: "redis://127.0.0.1:1", DATA_DIR: "memory:" },
      "JWT_PRIVATE_KEYS",
    ],
  ])("do not start with %o, and say what they need in one line", async (settings, needed) => {
    const { code, output } = await refusedStart({ WORKERS: "2", ...settings })
    expect(code).toBe(1)
    expect(output).toContain(`taskwright: WORKERS over 1 needs ${needed}`)
    expect(output.trim().split("\n").length, output).toBe(1)
  })
})

describeOnPostgres("a service of two workers", () => {
  describeWithRedisServer("with Redis", () => {
    const scope = Scope.makeUnsafe()
    let settings: Record<string, string>
    const started: Array<ServerProcess> = []

    beforeAll(async () => {
      const context = await Effect.runPromise(Layer.buildWithScope(emptySchema, scope))
      settings = await Effect.gen(function* () {
        const { urlOfSchema } = yield* TestSchema
        const redis = yield* startRedisServer()
        return {
          WORKERS: "2",
          DATABASE_URL: Redacted.value(urlOfSchema),
          REDIS_URL: redis.url,
          DATA_DIR: yield* temporaryFolder,
          RATE_LIMIT_USER: "100000",
          RATE_LIMIT_IP: "100000",
        }
      }).pipe(Effect.provideContext(context), Scope.provide(scope), Effect.runPromise)
    })
    afterAll(async () => {
      for (const { child, end } of started) {
        if (child.exitCode === null && child.signalCode === null) await end("SIGKILL")
      }
      await Effect.runPromise(Scope.close(scope, Exit.void))
    })

    const start = async (more: Record<string, string> = {}) => {
      const server = await startServer({ ...settings, ...more })
      started.push(server)
      return server
    }

    let users = 0
    const register = async (connection: Connection): Promise<string> => {
      const body = { email: `user${++users}@example.com`, password: "Correct Horse 1", full_name: "Ada" }
      const { status, text } = await connection.send("POST", "/api/v1/auth/register", undefined, body)
      expect(status).toBe(201)
      return (JSON.parse(text) as { access_token: string }).access_token
    }

    const workerOf = async (server: ServerProcess, connection: Connection): Promise<number> => {
      const { id } = await connection.send("GET", "/health")
      return vi.waitFor(() => {
        const worker = logOf(server).find(({ request_id }) => request_id === id)?.worker
        if (worker === undefined) throw new Error(`no line of the request ${id}`)
        return worker
      }, patient)
    }

    /** Opens a connection to each worker. */
    const openBoth = async (server: ServerProcess): Promise<readonly [Connection, Connection]> => {
      const found = new Map<number, Connection>()
      for (let tries = 0; found.size < 2 && tries < 100; tries++) {
        const connection = open(server)
        const worker = await workerOf(server, connection)
        if (found.has(worker)) connection.close()
        else found.set(worker, connection)
      }
      const [one, other] = [found.get(1), found.get(2)]
      if (one === undefined || other === undefined) throw new Error("one worker takes no connections")
      return [one, other]
    }

    describe("that runs", () => {
      let server: ServerProcess
      let one: Connection
      let other: Connection
      beforeAll(async () => {
        server = await start()
        ;[one, other] = await openBoth(server)
      })
      afterAll(() => {
        one.close()
        other.close()
      })

      it("refuses a session on both within a second after a logout at one", async () => {
        const token = await register(one)
        for (const connection of [one, other]) {
          expect((await connection.send("GET", "/api/v1/users/me", token)).status).toBe(200)
        }
        expect((await one.send("POST", "/api/v1/auth/logout", token)).status).toBe(204)
        expect((await one.send("GET", "/api/v1/users/me", token)).status).toBe(401)
        await expect
          .poll(async () => (await other.send("GET", "/api/v1/users/me", token)).status, {
            timeout: 1_000,
            interval: 50,
          })
          .toBe(401)
      })

      it("wakes a request that waits at one worker by a write at the other", async () => {
        const token = await register(one)
        const first = JSON.parse((await one.send("GET", "/api/v1/changes", token)).text) as { next_cursor: string }
        const path = `/api/v1/changes?wait=25&since=${encodeURIComponent(first.next_cursor)}`
        const waiting = one.send("GET", path, token)
        expect((await other.send("POST", "/api/v1/tasks", token, { title: "from the other" })).status).toBe(201)
        expect((await waiting).text).toContain("from the other")
      })

      it("sends a write of one worker to a stream at the other", async () => {
        const token = await register(other)
        const { hostname, port } = new URL(server.url)
        // A new connection can be at either worker, so both write.
        const socket = connect(Number(port), hostname)
        let received = ""
        socket.setEncoding("utf8").on("data", (text) => {
          received += text
        })
        socket.write(
          `GET /api/v1/changes/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nAccept: text/event-stream\r\n\r\n`,
        )
        await expect.poll(() => received, patient).toContain("200 OK")
        for (const [index, connection] of [one, other].entries()) {
          await connection.send("POST", "/api/v1/tasks", token, { title: `write ${index}` })
          await expect.poll(() => received, patient).toContain(`write ${index}`)
        }
        socket.destroy()
      })

      it("responds with the metrics of all its processes", async () => {
        const sample = `taskwright_http_requests_total{method="GET",route="/openapi.json",status="200"}`
        for (const connection of [one, other, other]) await connection.send("GET", "/openapi.json")
        for (const connection of [one, other]) {
          const { text } = await connection.send("GET", "/metrics")
          expect(sampleOf(text, sample)).toBe(3)
          expect(sampleOf(text, "taskwright_workers")).toBe(2)
          expect(sampleOf(text, "taskwright_workers_late")).toBe(0)
          expect(sampleOf(text, "taskwright_database_up")).toBe(1)
          expect(sampleOf(text, "taskwright_outbox_readable")).toBe(1)
          const names = text.split("\n").filter((line) => line.startsWith("# TYPE "))
          expect(new Set(names).size).toBe(names.length)
        }
      })

      it("logs its start once, and the worker of each request", () => {
        const lines = logOf(server)
        expect(lines.filter(({ message }) => message.includes(" serves http"))).toHaveLength(1)
        const requests = lines.filter(({ message }) => message === "request")
        expect(new Set(requests.map(({ worker }) => worker))).toEqual(new Set([1, 2]))
      })
    })

    it("lets 100 of 400 requests of one user through, over many connections", async () => {
      const server = await start({ RATE_LIMIT_USER: "100", REDIS_KEY_PREFIX: "limited:" })
      const connections = Array.from({ length: 8 }, () => open(server))
      const token = await register(open(server))
      const replies = await Promise.all(
        Array.from({ length: 400 }, (_, index) => connections[index % 8]?.send("GET", "/api/v1/users/me", token)),
      )
      expect(replies.filter((reply) => reply?.status === 200)).toHaveLength(100)
      expect(replies.filter((reply) => reply?.status === 429)).toHaveLength(300)
      for (const connection of connections) connection.close()
      expect(await server.end("SIGTERM")).toBe(0)
    })

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

    it("does not start with a database that refuses, and says why in one line", async () => {
      const wrong = new URL(settings["DATABASE_URL"] ?? "")
      wrong.pathname = "/no_such_database"
      const { code, output } = await refusedStart({ ...settings, DATABASE_URL: wrong.href })
      expect(code).toBe(1)
      expect(output).toMatch(/^taskwright: .*no_such_database/)
      expect(output.trim().split("\n").length, output).toBe(1)
    })
  })
})
