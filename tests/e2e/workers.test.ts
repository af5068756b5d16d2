/** Holds a service of several workers to what one process does: limits, revocations, changes and metrics. */
import { connect } from "node:net"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { describeOnPostgres } from "../support/postgres.ts"
import { describeWithRedisServer } from "../support/RedisServer.ts"
import { refusedStart, type ServerProcess } from "../support/serverProcess.ts"
import { type Connection, logOf, open, openBoth, patient, sampleOf, useTwoWorkers } from "./twoWorkers.ts"

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
    const { settings, start } = useTwoWorkers()

    let users = 0
    const register = async (connection: Connection): Promise<string> => {
      const body = { email: `user${++users}@example.com`, password: "Correct Horse 1", full_name: "Ada" }
      const { status, text } = await connection.send("POST", "/api/v1/auth/register", undefined, body)
      expect(status).toBe(201)
      return (JSON.parse(text) as { access_token: string }).access_token
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

    it("does not start with a database that refuses, and says why in one line", async () => {
      const wrong = new URL(settings()["DATABASE_URL"] ?? "")
      wrong.pathname = "/no_such_database"
      const { code, output } = await refusedStart({ ...settings(), DATABASE_URL: wrong.href })
      expect(code).toBe(1)
      expect(output).toMatch(/^taskwright: .*no_such_database/)
      expect(output.trim().split("\n").length, output).toBe(1)
    })
  })
})
