/** Holds a server on a restored backup to refusing the cursors of the history that the backup does not have. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, Exit, Redacted, Scope } from "effect"
import { afterAll, beforeAll, expect, it } from "vitest"
import { openEvents } from "../http/EventReader.ts"
import { run } from "../support/commandLine.ts"
import { describeOnPostgres, emptyDatabase } from "../support/postgres.ts"
import { type ServerProcess, startServer } from "../support/serverProcess.ts"

interface ChangePage {
  readonly data: ReadonlyArray<{ readonly cursor: string; readonly task: { readonly title: string } | null }>
  readonly next_cursor: string
  readonly code?: string
  readonly oldest_cursor?: string
  readonly latest_cursor?: string
}

const folder = mkdtempSync(join(tmpdir(), "taskwright-restored-"))
const scope = Scope.makeUnsafe()
const newDatabase = async () => Redacted.value(await Effect.runPromise(Scope.provide(emptyDatabase(), scope)))

describeOnPostgres("a server on a restored backup", () => {
  let server: ServerProcess
  let token: string
  const start = async (url: string) => {
    // Both have the key that signs tokens.
    server = await startServer({ DATABASE_URL: url, DATA_DIR: folder })
  }
  const ask = async <Body>(method: string, path: string, body?: object): Promise<{ status: number; body: Body }> => {
    const response = await fetch(`${server.url}${path}`, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    return { status: response.status, body: (await response.json()) as Body }
  }
  const addTask = async (title: string) => {
    expect((await ask("POST", "/api/v1/tasks", { title })).status).toBe(201)
  }
  const changes = (query: string) => ask<ChangePage>("GET", `/api/v1/changes?${query}`)
  const now = async () => (await changes("since=now")).body.next_cursor

  /** The cursors from before the dump, at the dump, and after it. */
  let cursors: ReadonlyArray<string>
  beforeAll(async () => {
    const url = await newDatabase()
    await start(url)
    const { body } = await ask<{ readonly access_token: string }>("POST", "/api/v1/auth/register", {
      email: "ada@example.com",
      password: "Correct Horse 1",
      full_name: "Ada Lovelace",
    })
    token = body.access_token
    await addTask("Before the dump")
    const early = await now()
    await addTask("Also before the dump")
    const atDump = await now()
    const file = join(folder, "dump.jsonl")
    const environment = { TASKWRIGHT_CONFIG_DIR: join(folder, "config"), DATA_DIR: join(folder, "unused") }
    const dumped = await run(["dump", file], { ...environment, DATABASE_URL: url })
    expect(dumped.code, dumped.errors).toBe(0)
    for (let count = 0; count < 3; count++) await addTask(`After the dump ${count}`)
    const { data, next_cursor } = (await changes(`since=${atDump}`)).body
    expect(data.at(-1)?.cursor).toBe(next_cursor)
    cursors = [early, atDump, ...data.map(({ cursor }) => cursor)]
    await server.end("SIGTERM")
    const restored = await newDatabase()
    const ended = await run(["restore", file], { ...environment, DATABASE_URL: restored })
    expect(ended.code, ended.errors).toBe(0)
    await start(restored)
  }, 300_000)
  afterAll(async () => {
    await server?.end("SIGTERM")
    await Effect.runPromise(Scope.close(scope, Exit.void))
    rmSync(folder, { recursive: true, force: true })
  })

  it("continues from the cursors of its history, and refuses the later ones, also after new writes passed them", async () => {
    const [early = "", atDump = "", ...later] = cursors
    expect(later.length).toBe(3)
    for (let count = 0; count < 5; count++) {
      const latest = await now()
      for (const cursor of later) {
        const { body, status } = await changes(`since=${cursor}`)
        expect([count, status, body.code, body.latest_cursor]).toEqual([count, 410, "cursor_reset", latest])
        const stream = await openEvents(`${server.url}/api/v1/changes/stream`, token, { "last-event-id": cursor })
        expect(stream.status).toBe(410)
        stream.cut()
      }
      await addTask(`After the restore ${count}`)
    }
    const titles = async (cursor: string) => (await changes(`since=${cursor}`)).body.data.map(({ task }) => task?.title)
    const written = Array.from({ length: 5 }, (_, count) => `After the restore ${count}`)
    expect(await titles(atDump)).toEqual(written)
    expect(await titles(early)).toEqual(["Also before the dump", ...written])
  }, 60_000)
})
