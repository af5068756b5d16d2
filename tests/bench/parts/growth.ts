/**
 * The part with growth: how long the reads of one user take as the user's tasks grow, over HTTP, by one connection. Also
 * on the embedded database, and with `million` those of one of 10,000 users with 100 tasks each.
 */
import { HttpConnection } from "../loader/HttpConnection.ts"
import { createDatabase } from "../support/BenchDatabase.ts"
import type { BenchUser } from "../support/BenchUsers.ts"
import { describeMachine, type Machine } from "../support/Machine.ts"
import { password } from "../support/Password.ts"
import { projectCommand } from "../support/ProjectServer.ts"
import { startServer } from "../support/ServerProcess.ts"
import { migrate, settingsOf, tokens } from "../support/System.ts"
import { type Latency, latencyOf } from "../support/statistics.ts"

export interface GrowthOptions {
  readonly sizes: ReadonlyArray<number>
  readonly requests: number
  /** The tasks of a user on the embedded database. */
  readonly embedded: number
  readonly million: boolean
}

export const defaults: GrowthOptions = {
  sizes: [100, 1_000, 10_000, 100_000],
  requests: 40,
  embedded: 10_000,
  million: false,
}

/** The latencies of the reads of one user, by the name of the read. Null if the service does not have it. */
export type Reads = Readonly<Record<string, Latency | null>>

export interface Growth {
  readonly machine: Machine
  readonly requests: number
  readonly sizes: Readonly<Record<string, Reads>>
  readonly embedded: Readonly<Record<string, Reads>>
  readonly million: Reads | null
}

const limit = 100

interface Reader {
  readonly get: (path: string) => Promise<{ readonly millis: number; readonly status: number; readonly body: string }>
  /** Changes a task, because the service keeps the responses to lists until something changes. */
  readonly change: () => Promise<void>
}

const readerOf = (connection: HttpConnection, { taskId, token }: Owner): Reader => ({
  get: async (path) => {
    const startedAt = performance.now()
    const answer = await connection.ask("GET", path, token)
    return { millis: performance.now() - startedAt, status: answer.status, body: answer.body }
  },
  change: async () => {
    const path = `/api/v1/tasks/${taskId}`
    const { task } = JSON.parse((await connection.ask("GET", path, token)).body) as { task: { version: number } }
    const body = JSON.stringify({ version: task.version, title: `Changed ${task.version}` })
    const answer = await connection.ask("PATCH", path, token, body)
    if (answer.status !== 200) throw new Error(`a change: ${answer.status}: ${answer.body}`)
  },
})

/** Returns the cursor of the last full page, found by a walk through all pages. */
const lastCursor = async ({ get }: Reader): Promise<string> => {
  let last = ""
  for (let cursor: string | null = ""; cursor !== null; ) {
    const { body } = await get(`/api/v1/tasks?limit=200&cursor=${cursor}`)
    last = cursor
    cursor = (JSON.parse(body) as { readonly next_cursor: string | null }).next_cursor
  }
  return last
}

const latestChange = async ({ get }: Reader): Promise<string> =>
  (JSON.parse((await get("/api/v1/changes?since=now")).body) as { readonly next_cursor: string }).next_cursor

/** A user with tasks that the service has. */
interface Owner {
  readonly token: string
  readonly tasks: number
  readonly taskId: string
  readonly categoryId: string
}

const ownerOf = async (user: BenchUser): Promise<Owner> => ({
  token: await tokens.sign(user),
  tasks: user.taskIds.length,
  taskId: user.taskIds[0] ?? "",
  categoryId: user.categoryIds[0] ?? "",
})

const readsOf = async (reader: Reader, owner: Owner): Promise<Readonly<Record<string, string>>> => ({
  "page 1": "/api/v1/tasks?limit=20",
  "last page by number": `/api/v1/tasks?limit=${limit}&page=${Math.max(1, Math.ceil(owner.tasks / limit))}`,
  "first page by cursor": "/api/v1/tasks?limit=200&cursor=",
  "last page by cursor": `/api/v1/tasks?limit=200&cursor=${await lastCursor(reader)}`,
  "total alone": "/api/v1/tasks?limit=1",
  "filter by status": "/api/v1/tasks?limit=20&status=pending&sort=due_date",
  "filter by category": `/api/v1/tasks?limit=20&category_id=${owner.categoryId}`,
  search: `/api/v1/tasks?limit=20&filter=${encodeURIComponent(`"number ${Math.ceil(owner.tasks / 2)}"`)}`,
  "first 100 changes": "/api/v1/changes?limit=100",
  "no new change": `/api/v1/changes?limit=100&since=${await latestChange(reader)}`,
  "one task": `/api/v1/tasks/${owner.taskId}`,
})

const measureOwner = async (url: URL, owner: Owner, requests: number): Promise<Reads> => {
  const connection = new HttpConnection(url)
  const reader = readerOf(connection, owner)
  const reads: Record<string, Latency | null> = {}
  try {
    for (const [name, path] of Object.entries(await readsOf(reader, owner))) {
      const first = await reader.get(path)
      // A service without search refuses its parameter.
      if (first.status === 400 && name === "search") reads[name] = null
      else {
        const millis: Array<number> = []
        for (let request = 0; request < requests; request++) {
          if (path.startsWith("/api/v1/tasks?")) await reader.change()
          const answer = await reader.get(path)
          if (answer.status !== 200) throw new Error(`${name}: ${answer.status}: ${answer.body}`)
          millis.push(answer.millis)
        }
        reads[name] = latencyOf(millis)
      }
    }
  } finally {
    connection.close()
  }
  return reads
}

const operationsAtOnce = 100

/** Registers a user and creates tasks over HTTP, because only the process itself has the embedded database. */
const fillOverHttp = async (url: URL, tasks: number): Promise<Owner> => {
  const post = async (path: string, body: object, token?: string) => {
    const response = await fetch(new URL(path, url), {
      method: "POST",
      headers: { "content-type": "application/json", ...(token !== undefined && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`${path}: ${response.status}: ${await response.text()}`)
    return response.json()
  }
  const account = { email: "ada@example.com", password, full_name: "Ada Lovelace" }
  const { access_token: token } = (await post("/api/v1/auth/register", account)) as { readonly access_token: string }
  const { category } = (await post("/api/v1/categories", { name: "Category 1" }, token)) as {
    readonly category: { readonly id: string }
  }
  let taskId = ""
  for (let start = 0; start < tasks; start += operationsAtOnce) {
    const operations = Array.from({ length: Math.min(operationsAtOnce, tasks - start) }, (_, index) => ({
      op: "create_task",
      task: { title: `Task number ${start + index}`, description: "Two bottles, oat. Then the plants." },
      ...(index % 2 === 0 && { category_ids: [category.id] }),
    }))
    const { results } = (await post("/api/v1/batch", { operations }, token)) as {
      readonly results: ReadonlyArray<{ readonly task: { readonly id: string } }>
    }
    taskId = results[0]?.task.id ?? ""
  }
  return { token, tasks, taskId, categoryId: category.id }
}

const measureEmbedded = async (tasks: number, requests: number): Promise<Reads> => {
  const { DATABASE_URL: _none, ...settings } = settingsOf("")
  const server = await startServer(projectCommand(), settings, "/health/ready")
  try {
    return await measureOwner(server.url, await fillOverHttp(server.url, tasks), requests)
  } finally {
    await server.stop()
  }
}

/** Fills a database with one user of each size, and measures the reads of each. */
export const measureGrowth = async ({ embedded, million, requests, sizes }: GrowthOptions): Promise<Growth> => {
  const machine = describeMachine()
  const database = await createDatabase("growth")
  try {
    migrate(database.url)
    const users: Array<BenchUser> = []
    for (const size of sizes) {
      users.push(...(await database.addUsers(1, { tasks: size, categories: 5, changes: size })))
    }
    const crowd = million ? await database.addUsers(10_000, { tasks: 100, categories: 5, changes: 100 }) : []
    const server = await startServer(projectCommand(), settingsOf(database.url), "/health/ready")
    try {
      const [warmUp] = users
      if (warmUp !== undefined) await measureOwner(server.url, await ownerOf(warmUp), requests * 5)
      const measured: Record<string, Reads> = {}
      for (const user of users) {
        measured[String(user.taskIds.length)] = await measureOwner(server.url, await ownerOf(user), requests)
      }
      const one = crowd[crowd.length / 2]
      return {
        machine,
        requests,
        sizes: measured,
        embedded: { [String(embedded)]: await measureEmbedded(embedded, requests) },
        million: one === undefined ? null : await measureOwner(server.url, await ownerOf(one), requests),
      }
    } finally {
      await server.stop()
    }
  } finally {
    await database.drop()
  }
}
