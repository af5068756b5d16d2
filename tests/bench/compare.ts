/**
 * Measures how many requests a second the service answers, against a hand-written server on Fastify and pg (`baseline/`).
 *
 *     (cd tests/bench/baseline && npm ci) && node tests/bench/compare.ts [rounds] [seconds]
 *
 * Both have a database of their own with the same rows, and the same tokens. They are measured in turn, operation by
 * operation, so that both have the same conditions. Each of 32 connections sends the next request when it has its
 * response. Prints the medians of the rounds and their ratios, in requests a second and in processor time a request.
 * Processor time depends less on the machine's other work.
 */
import { spawnSync } from "node:child_process"
import { type BenchDatabase, type BenchUser, createDatabase } from "./support/BenchDatabase.ts"
import { makeTokens } from "./support/BenchTokens.ts"
import { type HttpAnswer, HttpConnection } from "./support/HttpConnection.ts"
import { type ServerProcess, startServer } from "./support/ServerProcess.ts"
import { median } from "./support/statistics.ts"

const [rounds = 5, seconds = 3] = process.argv.slice(2).map(Number)
const connections = 32
const warmUpSeconds = 5
const root = `${import.meta.dirname}/../..`

interface Client {
  readonly connection: HttpConnection
  readonly token: string
  /** With the versions that the server is known to have. */
  readonly tasks: Array<{ readonly id: string; version: number }>
  count: number
}

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

const operations: Readonly<Record<string, (client: Client) => Promise<unknown>>> = {
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

interface Side {
  readonly database: BenchDatabase
  readonly server: ServerProcess
  readonly clients: ReadonlyArray<Client>
}

interface Measurement {
  readonly perSecond: number
  /** The server's own processor time, without PostgreSQL's. */
  readonly cpuMicros: number
}

/** Sends requests on all connections for that many seconds. */
const measure = async (
  { clients, server }: Side,
  operation: (client: Client) => Promise<unknown>,
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

const tokens = makeTokens()

const startSide = async (name: string, command: ReadonlyArray<string>): Promise<Side> => {
  const database = await createDatabase(name)
  const environment = {
    ...tokens.settings,
    DATABASE_URL: database.url,
    DATA_DIR: "memory:",
    RATE_LIMIT_IP: "1000000",
    RATE_LIMIT_USER: "1000000",
  }
  const { status, stderr } = spawnSync(process.execPath, [`${root}/bootstrap/migrate.ts`], {
    env: { ...process.env, ...environment },
    encoding: "utf8",
  })
  if (status !== 0) throw new Error(`no schema: ${stderr}`)
  const server = await startServer(command, environment, "/health/ready")
  const users = await database.addUsers(connections, { tasks: 40, categories: 3 })
  return { database, server, clients: await Promise.all(users.map((user) => connect(server.url, user))) }
}

const connect = async (url: URL, user: BenchUser): Promise<Client> => ({
  connection: new HttpConnection(url),
  token: await tokens.sign(user),
  tasks: user.taskIds.map((id) => ({ id, version: 1 })),
  count: 0,
})

const stopSide = async ({ clients, database, server }: Side): Promise<void> => {
  for (const { connection } of clients) connection.close()
  await server.stop()
  await database.drop()
}

const compare = async (sides: readonly [Side, Side], name: string, operation: (client: Client) => Promise<unknown>) => {
  for (const side of sides) await measure(side, operation, warmUpSeconds)
  const [ours, theirs]: [Array<Measurement>, Array<Measurement>] = [[], []]
  for (let round = 0; round < rounds; round++) {
    ours.push(await measure(sides[0], operation, seconds))
    theirs.push(await measure(sides[1], operation, seconds))
  }
  const of = (measured: ReadonlyArray<Measurement>, what: keyof Measurement) => median(measured.map((it) => it[what]))
  return {
    operation: name,
    "taskwright/s": Math.round(of(ours, "perSecond")),
    "baseline/s": Math.round(of(theirs, "perSecond")),
    ratio: (of(ours, "perSecond") / of(theirs, "perSecond")).toFixed(2),
    "taskwright µs": Math.round(of(ours, "cpuMicros")),
    "baseline µs": Math.round(of(theirs, "cpuMicros")),
    "cpu ratio": (of(ours, "cpuMicros") / of(theirs, "cpuMicros")).toFixed(2),
  }
}

const sides: Array<Side> = []
try {
  const ours = await startSide("ours", [`${root}/bootstrap/server.ts`])
  sides.push(ours)
  const theirs = await startSide("baseline", [`${import.meta.dirname}/baseline/server.mjs`])
  sides.push(theirs)
  const rows = []
  for (const [name, operation] of Object.entries(operations)) rows.push(await compare([ours, theirs], name, operation))
  console.table(rows)
} finally {
  for (const side of sides) await stopSide(side)
}
