/** Holds a server to bounded responses, one outage in log and metrics, and its answered writes when the database fails. */
import { PgClient } from "@effect/sql-pg"
import { Effect, Exit, Redacted, Scope } from "effect"
import { afterAll, afterEach, beforeAll, expect, it } from "vitest"
import {
  describeWithPostgresServer,
  type PostgresServer,
  startPostgresServer,
  tell,
} from "../support/PostgresServer.ts"
import { type ServerProcess, startServer } from "../support/serverProcess.ts"
import { makeTcpProxy, type TcpProxy } from "../support/TcpProxy.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"
import { call, countStatuses } from "./Caller.ts"
import { halfDone } from "./halfDone.ts"
import { type Reader, startReader } from "./Reader.ts"
import {
  errorLines,
  failedRequests,
  isReady,
  logLines,
  oneOutage,
  otherMessages,
  outageLines,
  refusedRequests,
  scrape,
} from "./Watch.ts"
import { makeWriter, type Writer } from "./Writer.ts"

const run = Effect.runPromise
const sleep = (millis: number) => new Promise((resolve) => setTimeout(resolve, millis))
const limitMillis = 120_000
const until = (condition: () => boolean | Promise<boolean>) =>
  expect.poll(condition, { timeout: limitMillis, interval: 50 }).toBe(true)

/** What loops in the background log beside the lines of outages. */
const expectedMessages = new Set([
  "A mail was written to a file.",
  "A mail could not be delivered; trying again.",
  "Could not read the revoked sessions; trying again.",
  "Could not remove what is over; trying again later.",
  "The outbox can be read again.",
  "The outbox cannot be read; trying again.",
])

describeWithPostgresServer("a server with a database that fails", () => {
  const scope = Scope.makeUnsafe()
  let postgres: PostgresServer
  let proxy: TcpProxy
  let server: ServerProcess
  let urlOfTasks: string
  let writers: ReadonlyArray<Writer>

  beforeAll(async () => {
    await Effect.gen(function* () {
      postgres = yield* startPostgresServer()
      yield* tell(postgres.url, "CREATE ROLE taskwright LOGIN")
      yield* tell(postgres.url, "CREATE DATABASE tasks OWNER taskwright")
      proxy = yield* makeTcpProxy({ host: "127.0.0.1", port: postgres.port })
      yield* proxy.open
      const dataDir = yield* temporaryFolder
      urlOfTasks = postgres.url.replace("/postgres?", "/tasks?")
      server = yield* Effect.promise(() =>
        startServer({
          DATABASE_URL: `postgres://taskwright@127.0.0.1:${proxy.port}/tasks?sslmode=disable`,
          DATABASE_POOL_SIZE: "4",
          DATA_DIR: dataDir,
          RATE_LIMIT_IP: "1000000",
          RATE_LIMIT_USER: "1000000",
        }),
      )
      yield* Effect.addFinalizer(() => Effect.promise(() => server.end("SIGKILL")))
      writers = yield* Effect.promise(() => Promise.all([1, 2, 3].map(() => makeWriter(() => server.url))))
    }).pipe(Scope.provide(scope), run)
  })
  afterAll(() => run(Scope.close(scope, Exit.void)))

  let clients: ReadonlyArray<{ readonly stop: () => Promise<void> }> = []
  // A failed test leaves its clients. Their errors are reported already.
  afterEach(() => Promise.allSettled(clients.map((client) => client.stop())))

  const lines = () => outageLines(server, "The database")
  const token = () => writers[0]?.token ?? ""

  interface Fault {
    readonly begin: () => Promise<unknown>
    readonly end: () => Promise<unknown>
    /** Waits until clients have met the fault. */
    readonly isMet: (tasks: Reader, categories: Reader) => boolean | Promise<boolean>
    /** Whether the database counts as away meanwhile. A partial outage serves some requests, even the readiness check. */
    readonly outage: "complete" | "partial" | "none" | "any"
  }

  /** Applies the fault while clients read and write, ends it, and checks responses, log, metrics and data. */
  const suffer = async (name: string, { begin, end, isMet, outage }: Fault): Promise<void> => {
    const [before, linesBefore, errorsBefore] = [await scrape(server.url), lines().length, errorLines(server).length]
    const logBefore = logLines(server).length
    const unsureBefore = writers.reduce((total, writer) => total + writer.unsure(), 0)
    const tasks = startReader(server.url, "/api/v1/tasks?limit=1", token())
    const categories = startReader(server.url, "/api/v1/categories", token())
    const health = startReader(server.url, "/health")
    const readers = [tasks, categories, health]
    clients = [...readers, ...writers]
    for (const writer of writers) writer.start()
    await until(() => readers.every(({ statuses }) => statuses().length > 5))
    expect([...tasks.statuses(), ...categories.statuses()].filter((status) => status !== 200)).toEqual([])
    for (const reader of readers) reader.forget()

    await begin()
    try {
      await until(() => isMet(tasks, categories))
      if (outage === "complete" || outage === "partial") {
        await until(() => lines().length > linesBefore)
        expect((await scrape(server.url)).sum("taskwright_database_up")).toBe(0)
      }
      if (outage === "complete") expect(await isReady(server)).toBe(false)
    } finally {
      await end()
    }
    await until(() => isReady(server))
    // The end of an outage is known after a second without a failure.
    await until(() => lines().length % 2 === 0)
    for (const reader of readers) reader.forget()
    await until(() => readers.every(({ statuses }) => statuses().filter((status) => status === 200).length > 5))
    await Promise.all(clients.map((client) => client.stop()))

    for (const writer of writers) await writer.verify()
    expect(await run(Effect.provide(halfDone, PgClient.layer({ url: Redacted.make(urlOfTasks) })))).toEqual([])
    const after = await scrape(server.url)
    const outages = after.sum("taskwright_database_outages_total") - before.sum("taskwright_database_outages_total")
    const found = lines().slice(linesBefore)
    if (outage !== "any") expect(found).toEqual(outage === "none" ? [] : oneOutage)
    expect(found).toEqual(Array.from({ length: outages }, () => oneOutage).flat())
    expect(after.sum("taskwright_database_up")).toBe(1)
    const refused = refusedRequests(after) - refusedRequests(before)
    expect([refused > 0, failedRequests(after)]).toEqual([true, 0])
    expect(errorLines(server).slice(errorsBefore)).toEqual([])
    // Loops in the background say once that they pause, and no request has lines but its own.
    const others = otherMessages(server, logBefore)
    expect(Object.keys(others).filter((message) => !expectedMessages.has(message))).toEqual([])
    const unsure = writers.reduce((total, writer) => total + writer.unsure(), 0) - unsureBefore
    const longest = Math.max(...readers.map(({ longestMillis }) => longestMillis()))
    console.log(`${name}: ${refused} × 503, of them ${unsure} writes; the longest wait ${Math.round(longest)} ms`)
  }

  const hasRefusal = ({ statuses }: Reader): boolean => statuses().includes(503)
  const isRefusedAll = (tasks: Reader, categories: Reader): boolean => hasRefusal(tasks) && hasRefusal(categories)

  it("recovers when PostgreSQL restarts", () =>
    suffer("restart", {
      begin: () => run(postgres.stop),
      end: () => run(postgres.start),
      isMet: isRefusedAll,
      outage: "complete",
    }))

  it("recovers when PostgreSQL was frozen", () =>
    suffer("frozen", {
      begin: () => run(postgres.freeze),
      end: () => run(postgres.thaw),
      isMet: isRefusedAll,
      outage: "complete",
    }))

  it.each(["cut", "silence"] as const)("recovers when the network to PostgreSQL had failed (%s)", (how) =>
    suffer(`network (${how})`, {
      begin: () => run(proxy[how]),
      end: () => run(proxy.open),
      isMet: isRefusedAll,
      outage: "complete",
    }),
  )

  const endConnections = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'taskwright'`
  const limitConnections = async (limit: number) => {
    await run(tell(postgres.url, `ALTER ROLE taskwright CONNECTION LIMIT ${limit}`))
    if (limit >= 0) await run(tell(postgres.url, endConnections))
  }

  it("recovers when PostgreSQL had no connection left", () =>
    suffer("no connections", {
      begin: () => limitConnections(0),
      end: () => limitConnections(-1),
      isMet: isRefusedAll,
      outage: "complete",
    }))

  it("recovers when PostgreSQL had refused its login", () =>
    suffer("login refused", {
      begin: async () => {
        await run(tell(postgres.url, "ALTER ROLE taskwright NOLOGIN"))
        await run(tell(postgres.url, endConnections))
      },
      end: () => run(tell(postgres.url, "ALTER ROLE taskwright LOGIN")),
      isMet: isRefusedAll,
      outage: "complete",
    }))

  it("serves what it can while PostgreSQL has too few connections", () =>
    suffer("two of four connections", {
      begin: () => limitConnections(2),
      end: () => limitConnections(-1),
      isMet: async (tasks, categories) => {
        await sleep(2_000)
        console.log("two of four connections:", countStatuses([...tasks.statuses(), ...categories.statuses()]))
        return true
      },
      outage: "partial",
    }))

  it("refuses only what needs a table that another program has locked", async () => {
    let release = () => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    let holding: Promise<unknown> = Promise.resolve()
    const hold = (onLock: () => void) =>
      Effect.flatMap(PgClient.PgClient, (sql) =>
        sql.withTransaction(
          Effect.gen(function* () {
            yield* sql.unsafe("LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE").unprepared
            onLock()
            yield* Effect.promise(() => released)
          }),
        ),
      ).pipe(Effect.provide(PgClient.layer({ url: Redacted.make(urlOfTasks), maxConnections: 1 })))
    await suffer("locked table", {
      begin: () =>
        new Promise<void>((resolve) => {
          holding = run(hold(resolve))
        }),
      end: async () => {
        release()
        await holding
      },
      isMet: (tasks, categories) => {
        expect(hasRefusal(categories)).toBe(false)
        return hasRefusal(tasks) && categories.statuses().length > 20
      },
      outage: "none",
    })
  })

  it("keeps its answered writes when connections are cut in the middle of statements", () => {
    let cut = 0
    const cutOne = `${endConnections} AND state IN ('active', 'idle in transaction') LIMIT 1`
    return suffer("cut in a statement", {
      begin: async () => {
        const end = performance.now() + limitMillis
        while (cut < 30 && performance.now() < end) {
          cut += (await run(tell(postgres.url, cutOne))).length
          await sleep(20)
        }
      },
      end: async () => undefined,
      isMet: () => {
        expect(cut).toBe(30)
        return true
      },
      // A connection that is cut while it opens counts as one that cannot be opened.
      outage: "any",
    })
  })

  it("answers health and metrics at all times", async () => {
    for (const path of ["/health", "/health/ready", "/metrics"]) {
      expect((await call(server.url, "GET", path)).status).toBe(200)
    }
    expect(await server.end("SIGTERM")).toBe(0)
  })
})
