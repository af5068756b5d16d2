/** Holds a server to its normal users while other clients flood it, send slowly, or do not read. */
import { connect, type Socket } from "node:net"
import { Effect, Exit, Scope } from "effect"
import { afterAll, beforeAll, expect, it } from "vitest"
import { describeOnPostgres } from "../support/postgres.ts"
import type { ServerProcess } from "../support/serverProcess.ts"
import { call, register, taskOf } from "./Caller.ts"
import { serverOnPostgres } from "./serverOnPostgres.ts"
import { type FloodRequest, startFlood } from "./startFlood.ts"
import { errorLines, failedRequests, logLines, type Scrape, scrape } from "./Watch.ts"

const run = Effect.runPromise
const sleep = (millis: number) => new Promise((resolve) => setTimeout(resolve, millis))
const limitMillis = 120_000
/** How many rounds of four requests a normal user makes, quiet and under each flood. */
const rounds = 100
const floodPauseMillis = 50
const bodyBytes = 64 * 1024

describeOnPostgres("a server with clients that take more than their share", () => {
  const scope = Scope.makeUnsafe()
  let server: ServerProcess
  let quietMillis: number
  let user: string
  const sockets: Array<Socket> = []

  beforeAll(async () => {
    server = await run(Scope.provide(serverOnPostgres(Effect.succeed({})), scope))
    user = await register(server.url)
    await useNormally()
  })
  afterAll(async () => {
    for (const socket of sockets) socket.destroy()
    await run(Scope.close(scope, Exit.void))
  })

  /** Works as one user does. Returns the 95th percentile of the waits. Every response must be right. */
  const useNormally = async (): Promise<number> => {
    const waits: Array<number> = []
    const ask = async (method: string, path: string, status: number, body?: object) => {
      const begun = performance.now()
      const reply = await call(server.url, method, path, { token: user, body })
      waits.push(performance.now() - begun)
      expect(reply.status).toBe(status)
      return reply
    }
    for (let round = 0; round < rounds; round++) {
      const title = `round ${round}`
      const { id } = taskOf(await ask("POST", "/api/v1/tasks", 201, { title }))
      await ask("GET", "/api/v1/tasks?limit=20", 200)
      const changed = await ask("PATCH", `/api/v1/tasks/${id}`, 200, { version: 1, status: "completed" })
      expect(taskOf(changed)).toMatchObject({ title, version: 2, status: "completed" })
      await ask("DELETE", `/api/v1/tasks/${id}`, 204)
      await sleep(5)
    }
    return waits.toSorted((one, other) => one - other)[Math.floor(waits.length * 0.95)] ?? 0
  }

  /** Measures the user without a flood, just before one begins: a machine is not equally fast all the time. */
  const measureQuiet = async () => {
    quietMillis = await useNormally()
  }

  const describeUser = (name: string, millis: number, more: unknown = "") =>
    console.log(
      `${name}: p95 of a normal user ${millis.toFixed(1)} ms, ${(millis / quietMillis).toFixed(1)} × quiet`,
      more,
    )

  /** Lets the flood run while the user works. Returns how often each status came. */
  const flood = async (
    name: string,
    callers: number,
    requests: ReadonlyArray<FloodRequest>,
    isMet: (metrics: Scrape) => boolean = () => true,
  ) => {
    await measureQuiet()
    const requestsBefore = (await scrape(server.url)).sum("taskwright_http_requests_total")
    const end = startFlood({ url: server.url, callers, pauseMillis: floodPauseMillis, requests })
    const hasBegun = async () =>
      (await scrape(server.url)).sum("taskwright_http_requests_total") > requestsBefore + 2 * callers
    await expect.poll(hasBegun, { timeout: limitMillis }).toBe(true)
    const millis = await useNormally()
    await expect.poll(async () => isMet(await scrape(server.url)), { timeout: limitMillis }).toBe(true)
    const counts = await end()
    describeUser(name, millis, counts)
    expect(failedRequests(await scrape(server.url))).toBe(0)
    expect(errorLines(server)).toEqual([])
    return counts
  }

  const jsonOf = (bytes: number): string => {
    const frame = JSON.stringify({ title: "flood", description: "" })
    return JSON.stringify({ title: "flood", description: "x".repeat(bytes - frame.length) })
  }

  const open = async (count: number, onConnect: (socket: Socket) => void) => {
    const { hostname, port } = new URL(server.url)
    const opened = await Promise.all(
      Array.from(
        { length: count },
        () =>
          new Promise<Socket>((resolve, reject) => {
            const socket = connect(Number(port), hostname, () => {
              socket.off("error", reject)
              socket.on("error", () => undefined)
              onConnect(socket)
              resolve(socket)
            })
            socket.once("error", reject)
          }),
      ),
    )
    sockets.push(...opened)
    return opened
  }
  const closing = (opened: ReadonlyArray<Socket>) =>
    Promise.all(opened.map((socket) => new Promise((resolve) => socket.once("close", resolve))))

  // Before the flood of /docs, which uses up the limit for large documents.
  it("serves a normal user beside clients that do not read, and cuts them off", async () => {
    await measureQuiet()
    const before = await scrape(server.url)
    const slow = await open(20, (socket) => {
      socket.pause()
      socket.write("GET /docs HTTP/1.1\r\nHost: x\r\n\r\n".repeat(5))
    })
    describeUser("slow readers", await useNormally())
    const memory = (metrics: Scrape) => metrics.sum("process_resident_memory_bytes") / 1e6
    console.log(
      `memory: ${memory(before).toFixed()} MB before, ${memory(await scrape(server.url)).toFixed()} MB with them`,
    )
    const cutLines = () => logLines(server).filter(({ message }) => message.startsWith("connections cut off"))
    await expect.poll(() => cutLines().length, { timeout: limitMillis }).toBeGreaterThan(0)
    // A paused socket does not notice the reset, but a write to it does.
    const closed = closing(slow)
    const nudge = setInterval(() => {
      for (const socket of slow) socket.write("\r\n")
    }, 100)
    await closed
    clearInterval(nudge)
  })
  it("serves a normal user during a flood of bodies of 64 KiB, and of larger ones", async () => {
    const token = await register(server.url)
    const bodies = [jsonOf(bodyBytes), jsonOf(bodyBytes + 1)]
    const counts = await flood(
      "bodies of 64 KiB",
      20,
      bodies.map((body) => ({ method: "POST", path: "/api/v1/tasks", token, body })),
    )
    expect(Object.keys(counts)).toEqual(["400", "413"])
  })

  it("serves a normal user during a flood of logins", async () => {
    const body = JSON.stringify({ email: "user{turn}@example.org", password: "Wrong Horse 1" })
    const counts = await flood("logins", 40, [{ method: "POST", path: "/api/v1/auth/login", body }])
    expect(Object.keys(counts).filter((status) => !["401", "503"].includes(status))).toEqual([])
    const metrics = await scrape(server.url)
    expect(metrics.sum("taskwright_login_failures_total")).toBeGreaterThan(0)
    expect(metrics.sum("taskwright_http_requests_total", { status: "503" })).toBe(counts["503"] ?? 0)
  })

  it("serves a normal user during a flood of /docs", async () => {
    const rejected = (metrics: Scrape) => metrics.sum("taskwright_rate_limit_rejections_total", { limit: "documents" })
    const counts = await flood("/docs", 20, [{ method: "GET", path: "/docs" }], (metrics) => rejected(metrics) > 0)
    expect(Object.keys(counts)).toEqual(["200", "429"])
    expect(rejected(await scrape(server.url))).toBe(counts["429"])
  })

  it("serves a normal user beside slow senders, and cuts them off", async () => {
    await measureQuiet()
    const request =
      "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 90\r\n"
    // Half of them never end their headers, and half their bodies.
    let turn = 0
    const slow = await open(200, (socket) => {
      socket.resume()
      socket.write(turn++ % 2 === 0 ? request : `${request}\r\n`)
    })
    const closed = closing(slow)
    const drip = setInterval(() => {
      for (const socket of slow) if (socket.writable) socket.write(" ")
    }, 1_000)
    describeUser("slow senders", await useNormally())
    await closed
    clearInterval(drip)
    expect(failedRequests(await scrape(server.url))).toBe(0)
    const inFlight = async () => (await scrape(server.url)).sum("taskwright_http_requests_in_flight")
    await expect.poll(inFlight, { timeout: limitMillis }).toBe(1)
  })

  it("serves a normal user afterwards, and stops", async () => {
    describeUser("afterwards", await useNormally())
    expect(await server.end("SIGTERM")).toBe(0)
  })
})
