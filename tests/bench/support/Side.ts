/** One of the servers that a benchmark compares: its database, its process and the clients that load it. */
import { spawnSync } from "node:child_process"
import { type BenchDatabase, type BenchUser, createDatabase } from "./BenchDatabase.ts"
import { makeTokens } from "./BenchTokens.ts"
import { type HttpAnswer, HttpConnection } from "./HttpConnection.ts"
import { type ServerProcess, startServer } from "./ServerProcess.ts"

const connections = 32
const root = `${import.meta.dirname}/../../..`
const tokens = makeTokens()

interface Client {
  readonly connection: HttpConnection
  readonly token: string
  /** With the versions that the server is known to have. */
  readonly tasks: Array<{ readonly id: string; version: number }>
  count: number
}

export interface Side {
  readonly database: BenchDatabase
  readonly server: ServerProcess
  readonly clients: ReadonlyArray<Client>
}

export type Operation = (client: Client) => Promise<unknown>

const expectStatus = async (asked: Promise<HttpAnswer>, status: number): Promise<HttpAnswer> => {
  const answer = await asked
  if (answer.status !== status) throw new Error(`${answer.status} in the place of ${status}: ${answer.body}`)
  return answer
}

const next = ({ count, tasks }: Client) => {
  const task = tasks[count % tasks.length]
  if (task === undefined) throw new Error("a client has tasks")
  return task
}

export const operations: Readonly<Record<string, Operation>> = {
  get: (client) => expectStatus(client.connection.ask("GET", `/api/v1/tasks/${next(client).id}`, client.token), 200),
  list: ({ connection, token }) => expectStatus(connection.ask("GET", "/api/v1/tasks?limit=20", token), 200),
  patch: async (client) => {
    const task = next(client)
    const body = JSON.stringify({ version: task.version, title: `Changed ${client.count}`, status: "in_progress" })
    await expectStatus(client.connection.ask("PATCH", `/api/v1/tasks/${task.id}`, client.token, body), 200)
    task.version++
  },
  create: ({ connection, count, token }) => {
    const body = JSON.stringify({
      title: `Water the plants ${count}`,
      description: "The ones by the window twice.",
      priority: "high",
      due_date: "2035-01-01T09:00:00+02:00",
    })
    return expectStatus(connection.ask("POST", "/api/v1/tasks", token, body), 201)
  },
}

const bodyOfCreate = JSON.stringify({ title: "Water the plants", priority: "high" })

/** Those that change something, each with what it needs. A task is deleted after it was created. */
export const writes: Readonly<Record<string, Operation>> = {
  patch: operations["patch"] as Operation,
  create: operations["create"] as Operation,
  "create and delete": async ({ connection, token }) => {
    const { body } = await expectStatus(connection.ask("POST", "/api/v1/tasks", token, bodyOfCreate), 201)
    const { task } = JSON.parse(body) as { readonly task: { readonly id: string } }
    await expectStatus(connection.ask("DELETE", `/api/v1/tasks/${task.id}`, token), 204)
  },
}

export interface Measurement {
  readonly perSecond: number
  /** The server's own processor time, without PostgreSQL's. */
  readonly cpuMicros: number
}

/** Sends requests on all connections for that many seconds. */
export const measure = async (
  { clients, server }: Side,
  operation: Operation,
  forSeconds: number,
): Promise<Measurement> => {
  const cpuBefore = server.cpuMillis()
  const startedAt = performance.now()
  const endsAt = startedAt + forSeconds * 1000
  let requests = 0
  const ask = async (client: Client) => {
    while (performance.now() < endsAt) {
      client.count++
      await operation(client)
      requests++
    }
  }
  await Promise.all(clients.map(ask))
  return {
    perSecond: (1000 * requests) / (performance.now() - startedAt),
    cpuMicros: (1000 * (server.cpuMillis() - cpuBefore)) / requests,
  }
}

/** Starts a server on a database of its own, with users and tasks. `checkout` has the migrations and the server. */
export const startSide = async (
  name: string,
  command: ReadonlyArray<string>,
  { checkout = root, settings = {} }: { readonly checkout?: string; readonly settings?: Record<string, string> } = {},
): Promise<Side> => {
  const database = await createDatabase(name)
  const environment = {
    ...tokens.settings,
    DATABASE_URL: database.url,
    DATA_DIR: "memory:",
    RATE_LIMIT_IP: "1000000",
    RATE_LIMIT_USER: "1000000",
    ...settings,
  }
  const { status, stderr } = spawnSync(process.execPath, [`${checkout}/bootstrap/migrate.ts`], {
    env: { ...process.env, ...environment },
    encoding: "utf8",
  })
  if (status !== 0) throw new Error(`no schema: ${stderr}`)
  const server = await startServer(command, environment, "/health/ready")
  const users = await database.addUsers(connections, { tasks: 40, categories: 3 })
  return { database, server, clients: await Promise.all(users.map((user) => connect(server.url, user))) }
}

/** Opens a connection with the user's token. */
export const connect = async (url: URL, user: BenchUser): Promise<Client> => ({
  connection: new HttpConnection(url),
  token: await tokens.sign(user),
  tasks: user.taskIds.map((id) => ({ id, version: 1 })),
  count: 0,
})

export const stopSide = async ({ clients, database, server }: Side): Promise<void> => {
  for (const { connection } of clients) connection.close()
  await server.stop()
  await database.drop()
}
