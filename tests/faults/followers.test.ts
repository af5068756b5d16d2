/** Holds followers of changes to the state of the server, which is killed twice while clients write. */
import { createServer } from "node:net"
import { Effect, Exit, Fiber, Layer, Redacted, Scope, Stream } from "effect"
import { FetchHttpClient } from "effect/http"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Client, type FeedChange, makeClient, memoryTokenStore } from "../../adapters/http/client/index.ts"
import { describeOnPostgres, emptySchema, TestSchema } from "../support/postgres.ts"
import { prepareFolder } from "../support/preparedFolder.ts"
import { type ServerProcess, startServer } from "../support/serverProcess.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"
import { call, registration } from "./Caller.ts"

const writerCount = 20
const followerCount = 5
const kills = 2
/** How long the clients write before each kill and after the last one. */
const spanMillis = 5_000
const pauseMillis = 40
const settings = { RATE_LIMIT_IP: "1000000", RATE_LIMIT_USER: "1000000", STREAMS_PER_USER: "20" }

const { runPromise } = Effect
const sleep = (millis: number) => new Promise((resolve) => setTimeout(resolve, millis))

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0))
    })
  })

interface Tokens {
  readonly access_token: string
  readonly refresh_token: string
}

const clientOf = (url: string, tokens: Tokens): Promise<Client> =>
  runPromise(Effect.provide(makeClient({ url, tokens: memoryTokenStore(tokens) }), FetchHttpClient.layer))

/** A client that makes, changes and deletes tasks of its own, whatever happens to the server. */
const startWriter = (url: string, token: string, number: number) => {
  let isStopped = false
  let answered = 0
  const own: Array<{ readonly id: string; version: number }> = []
  const write = async (turn: number) => {
    const [oldest] = own
    if (oldest === undefined || turn % 3 === 0) {
      const { body, status } = await call(url, "POST", "/api/v1/tasks", {
        token,
        body: { title: `Task ${number}-${turn}` },
      })
      if (status === 201) own.push(body["task"] as { readonly id: string; version: number })
      return status
    }
    const path = `/api/v1/tasks/${oldest.id}`
    if (turn % 7 === 0) {
      own.shift()
      return (await call(url, "DELETE", path, { token })).status
    }
    const { body, status } = await call(url, "PATCH", path, {
      token,
      body: { version: oldest.version, description: `Changed in turn ${turn}` },
    })
    // A change without a response may have been made.
    if (status === 409) oldest.version = Number(body["current_version"])
    if (status === 200) oldest.version += 1
    return status
  }
  const loop = (async () => {
    for (let turn = 0; !isStopped; turn++) {
      const status = await write(turn).catch(() => null)
      if (status !== null && status < 300) answered += 1
      await sleep(status === null ? 200 : pauseMillis)
    }
  })()
  return {
    answered: () => answered,
    stop: () => {
      isStopped = true
      return loop
    },
  }
}

/** A client that keeps a copy of all tasks: it reads the list once, and follows the changes from then on. */
const startFollower = async (url: string, tokens: Tokens) => {
  const client = await clientOf(url, tokens)
  const copy = new Map<string, number>()
  const places: Array<number> = []
  let cursor = ""
  let fiber: Fiber.Fiber<unknown, unknown> | undefined

  const take = (id: string, version: number | null) => {
    if (version === null) copy.delete(id)
    else if (version > (copy.get(id) ?? 0)) copy.set(id, version)
  }
  const takeChange = (change: FeedChange) => {
    cursor = change.cursor
    places.push(Number.parseInt(change.cursor.split("-")[0] ?? "", 36))
    if ("task" in change) take(change.task_id, change.task === null ? null : change.task.version)
  }
  const follow = () => {
    const run = client.changes.follow({ since: cursor }).pipe(
      Stream.runForEach((event) =>
        Effect.sync(() => {
          if (event.event === "change") takeChange(event.change)
          if (event.event === "reset") throw new Error(`the follower was reset: ${event.code}`)
        }),
      ),
    )
    fiber = Effect.runFork(run)
  }

  const readLists = async () => {
    for (let page = ""; ; ) {
      const { changes_cursor, data, next_cursor } = await runPromise(
        client.tasks.listTasks({ query: { cursor: page, limit: 200, sort: "updated_at" } }),
      )
      cursor = changes_cursor ?? ""
      for (const { id, version } of data) take(id, version)
      if (next_cursor === null) return
      page = next_cursor
    }
  }
  await readLists()
  follow()
  return {
    copy,
    places,
    kill: () => runPromise(Fiber.interrupt(fiber ?? Effect.runFork(Effect.void))),
    follow,
    hasFailed: () => fiber?.pollUnsafe() !== undefined,
  }
}

const followThroughKills = async (start: (port: number) => Promise<ServerProcess>): Promise<void> => {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  let server = await start(port)
  try {
    const { body } = await call(url, "POST", "/api/v1/auth/register", { body: registration() })
    const tokens = body as unknown as Tokens
    const writers = Array.from({ length: writerCount }, (_, number) => startWriter(url, tokens.access_token, number))
    const followers = []
    for (let count = 0; count < followerCount - 1; count++) followers.push(await startFollower(url, tokens))
    for (let kill = 0; kill < kills; kill++) {
      await sleep(spanMillis / 2)
      // One follower ends, and goes on later from the cursor that it has reached.
      await followers[0]?.kill()
      await sleep(spanMillis / 2)
      await server.end("SIGKILL")
      server = await start(port)
      followers[0]?.follow()
      if (kill === 0) followers.push(await startFollower(url, tokens))
    }
    await sleep(spanMillis)
    await Promise.all(writers.map((writer) => writer.stop()))
    const answered = writers.reduce((total, writer) => total + writer.answered(), 0)
    console.log(
      `${kills} kills: ${answered} answered writes, ${followers.map(({ places }) => places.length).join(", ")} changes`,
    )
    expect(answered).toBeGreaterThan(100)

    const client = await clientOf(url, tokens)
    const all = await runPromise(Stream.runCollect(client.tasks.listAll()))
    const state = Object.fromEntries(all.map(({ id, version }) => [id, version]))
    for (const { copy, hasFailed, places } of followers) {
      await expect.poll(() => Object.fromEntries(copy), { timeout: 60_000 }).toEqual(state)
      expect(hasFailed()).toBe(false)
      // Every change once and in order, and none is missing.
      const [first = 0] = places
      expect(places).toEqual(Array.from({ length: places.length }, (_, index) => first + index))
    }
    await Promise.all(followers.map(({ kill }) => kill()))
    await server.end("SIGTERM")
  } finally {
    await server.end("SIGKILL")
  }
}

describe("followers of a user whose server is killed", () => {
  const scope = Scope.makeUnsafe()
  let folder: string
  beforeAll(async () => {
    folder = await runPromise(Scope.provide(temporaryFolder, scope))
    await prepareFolder(folder)
  })
  afterAll(() => runPromise(Scope.close(scope, Exit.void)))

  it("have the server's state, and have seen every change once, on the embedded database", async () => {
    await followThroughKills((port) => startServer({ ...settings, PORT: String(port), DATA_DIR: folder }))
  })

  describeOnPostgres("with a PostgreSQL server", () => {
    it("have the server's state, and have seen every change once", async () => {
      const { urlOfSchema } = await runPromise(
        Scope.provide(Layer.build(emptySchema), scope).pipe(
          Effect.flatMap((context) => Effect.provide(TestSchema, context)),
        ),
      )
      const url = Redacted.value(urlOfSchema)
      await followThroughKills((port) =>
        startServer({ ...settings, PORT: String(port), DATABASE_URL: url, DATA_DIR: folder }),
      )
    })
  })
})
