/** Holds a server to one effect of each request that is sent again after a kill between its commit and its response. */
import { PgClient } from "@effect/sql-pg"
import { Effect, Exit, Layer, Redacted, Scope } from "effect"
import { SqlClient } from "effect/sql"
import { afterAll, expect, it } from "vitest"
import { describeOnPostgres, emptySchema, TestSchema } from "../support/postgres.ts"
import { startServer } from "../support/serverProcess.ts"
import { makeTcpProxy } from "../support/TcpProxy.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"
import { type Call, call, type Reply, register, taskOf } from "./Caller.ts"

const kills = 10
/** The requests of each kind at each kill: 200 in all. Every update is between commit and response then. */
const creations = 8
const deletions = 6
const updates = 6
/** So are these of the others: one alone and one in a group, of both kinds. The rest wait for the next group. */
const committedOthers = 4

const run = Effect.runPromise

/** A request with its key, and its response if one arrived. */
interface Sent extends Call {
  readonly method: string
  readonly path: string
  readonly reply: Promise<Reply | null>
}

describeOnPostgres("a server that is killed between commit and response", () => {
  const scope = Scope.makeUnsafe()
  afterAll(() => run(Scope.close(scope, Exit.void)))

  const prepare = Effect.gen(function* () {
    const { urlOfSchema } = yield* Effect.provide(TestSchema, yield* Layer.build(emptySchema))
    const database = new URL(Redacted.value(urlOfSchema))
    const toDatabase = yield* makeTcpProxy({ host: database.hostname, port: Number(database.port || "5432") })
    yield* toDatabase.open
    const direct = yield* Layer.build(PgClient.layer({ url: urlOfSchema }))
    database.hostname = "127.0.0.1"
    database.port = String(toDatabase.port)
    const settings = {
      DATABASE_URL: database.href,
      DATA_DIR: yield* temporaryFolder,
      RATE_LIMIT_IP: "1000000",
      RATE_LIMIT_USER: "1000000",
    }
    const countRecords = Effect.flatMap(SqlClient.SqlClient, (sql) =>
      sql.unsafe<{ readonly count: number }>("SELECT count(*)::int AS count FROM idempotency_records"),
    ).pipe(
      Effect.map(([row]) => row?.count ?? 0),
      Effect.provideContext(direct),
    )
    return { toDatabase, settings, countRecords }
  })

  it("has done each of 200 requests once, when all of them are sent again", async () => {
    const { countRecords, settings, toDatabase } = await run(Scope.provide(prepare, scope))
    let server = await startServer(settings)
    try {
      const token = await register(server.url)
      const ask = (method: string, path: string, more: Call = {}) => call(server.url, method, path, { token, ...more })
      const create = async (title: string) => taskOf(await ask("POST", "/api/v1/tasks", { body: { title } }))
      const committed = (records: number) =>
        expect.poll(() => run(countRecords), { timeout: 30_000, interval: 20 }).toBe(records)
      let [keys, records] = [0, 0]
      const send = (url: string, method: string, path: string, body?: object): Sent => {
        const request = { method, path, body, token, key: `key-${++keys}` }
        return { ...request, reply: call(url, method, path, request).catch(() => null) }
      }
      const times = <A>(count: number, make: (index: number) => A): ReadonlyArray<A> =>
        Array.from({ length: count }, (_, index) => make(index))

      for (let kill = 0; kill < kills; kill++) {
        const changed = await Promise.all(times(updates, (index) => create(`to change ${kill}.${index}`)))
        const deleted = await Promise.all(times(deletions, (index) => create(`to delete ${kill}.${index}`)))
        const { port } = new URL(server.url)
        const toClients = await run(Scope.provide(makeTcpProxy({ host: "127.0.0.1", port: Number(port) }), scope))
        await run(toClients.open)
        await run(toClients.mute)

        // An update reads before it writes, so its response is held behind the server.
        const behindServer = `http://127.0.0.1:${toClients.port}`
        const patches = changed.map(({ id }, index) =>
          send(behindServer, "PATCH", `/api/v1/tasks/${id}`, { version: 1, title: `changed ${kill}.${index}` }),
        )
        records += updates
        await committed(records)
        // The server never learns that the statements of the others were committed.
        await run(toDatabase.mute)
        const others = [
          ...times(creations, (index) =>
            send(server.url, "POST", "/api/v1/tasks", { title: `created ${kill}.${index}` }),
          ),
          ...deleted.map(({ id }) => send(server.url, "DELETE", `/api/v1/tasks/${id}`)),
        ]
        await committed(records + committedOthers)
        records += creations + deletions
        await server.end("SIGKILL")
        await run(toClients.cut)
        const sent = [...patches, ...others]
        expect(await Promise.all(sent.map(({ reply }) => reply))).toEqual(sent.map(() => null))

        await run(toDatabase.open)
        server = await startServer(settings)
        let replays = 0
        const status = { POST: 201, PATCH: 200, DELETE: 204 } as Readonly<Record<string, number>>
        for (const { method, path, ...request } of sent) {
          const first = await ask(method, path, request)
          expect([method, first.status]).toEqual([method, status[method]])
          if (first.headers.get("idempotency-replayed") === "true") replays++
          expect(await ask(method, path, request)).toMatchObject({ status: first.status, body: first.body })
        }
        expect(replays).toBe(updates + committedOthers)
        for (const { id, title } of changed) {
          const { title: now, version } = taskOf(await ask("GET", `/api/v1/tasks/${id}`))
          expect([now, version]).toEqual([title.replace("to change", "changed"), 2])
        }
        for (const { id } of deleted) expect((await ask("GET", `/api/v1/tasks/${id}`)).status).toBe(404)
      }
      const pages = await Promise.all([1, 2].map((page) => ask("GET", `/api/v1/tasks?limit=100&page=${page}`)))
      const titles = pages
        .flatMap(({ body }) => body["data"] as ReadonlyArray<{ readonly title: string }>)
        .map(({ title }) => title)
      expect(titles.filter((title) => title.startsWith("created"))).toHaveLength(kills * creations)
      expect(new Set(titles).size).toBe(titles.length)
      expect(records).toBe(200)
      expect(await run(countRecords)).toBe(records)
    } finally {
      await server.end("SIGKILL")
    }
  })
})
