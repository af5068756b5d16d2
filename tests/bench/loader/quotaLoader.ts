/** The program that loads a server with users at full quota, in mixed requests. `parts/headline.ts` starts it. */
import { once } from "node:events"
import { setTimeout } from "node:timers/promises"
import type { BenchUser } from "../support/BenchUsers.ts"
import { type Latency, latencyOf } from "../support/statistics.ts"
import { type HttpAnswer, HttpConnection } from "./HttpConnection.ts"

export interface QuotaOrder {
  readonly url: string
  readonly clients: ReadonlyArray<BenchUser & { readonly token: string }>
  readonly warmUpSeconds: number
  readonly seconds: number
}

export interface QuotaReport {
  readonly requests: number
  readonly latencies: Readonly<Record<string, Latency>>
  readonly overall: Latency
  /** The errors, with the count of each. */
  readonly errors: ReadonlyArray<readonly [string, number]>
  readonly senderCpuShare: number
}

/**
 * Slightly less than 100 requests a minute. With exactly one every 600 ms, the 101st would be sent as the first one
 * leaves the limit's window. The network's jitter would then decide.
 */
const intervalMillis = 602

interface KnownTask {
  readonly id: string
  version: number
  categories: number
}

/** One user with a connection and a record of the tasks. */
interface Client {
  readonly connection: HttpConnection
  readonly token: string
  readonly tasks: Array<KnownTask>
  readonly categoryIds: ReadonlyArray<string>
  count: number
}

/** Returns undefined if the user has no task that fits. */
type Operation = (client: Client) => Promise<HttpAnswer> | undefined

const statuses = ["pending", "in_progress", "completed"]
const filters = [
  "",
  "?status=pending",
  "?priority=high&sort=due_date&order=asc",
  "?sort=updated_at&limit=50",
  `?due_from=${new Date().toISOString()}&sort=due_date`,
  "?page=2&limit=10&sort=priority",
]

const pick = <A>(all: ReadonlyArray<A>): A | undefined => all[Math.floor(Math.random() * all.length)]

/** The last version in a response is that of the task. Before it come those of its categories. */
const learnVersion = (task: KnownTask, answer: HttpAnswer): HttpAnswer => {
  const version = /.*"version":(\d+)/.exec(answer.body)?.[1]
  if (version !== undefined) task.version = Number(version)
  return answer
}

const operations = {
  create: async ({ connection, count, tasks, token }) => {
    const body = JSON.stringify({
      title: `Water the plants ${count}`,
      description: "The ones by the window twice.",
      priority: "high",
      due_date: "2035-01-01T09:00:00+02:00",
    })
    const answer = await connection.ask("POST", "/api/v1/tasks", token, body)
    const id = /"id":"([^"]+)"/.exec(answer.body)?.[1]
    if (id !== undefined) tasks.push({ id, version: 1, categories: 0 })
    return answer
  },
  get: ({ connection, tasks, token }) => {
    const task = pick(tasks)
    return task && connection.ask("GET", `/api/v1/tasks/${task.id}`, token)
  },
  list: ({ connection, token }) => connection.ask("GET", `/api/v1/tasks${pick(filters)}`, token),
  patch: ({ connection, count, tasks, token }) => {
    const task = pick(tasks)
    const body = JSON.stringify({ version: task?.version, title: `Changed ${count}`, status: pick(statuses) })
    return task && connection.ask("PATCH", `/api/v1/tasks/${task.id}`, token, body).then((it) => learnVersion(task, it))
  },
  assign: ({ categoryIds, connection, tasks, token }) => {
    // The first two categories may have been assigned before the benchmark began.
    const task = tasks.find(({ categories }) => categories < categoryIds.length - 1)
    if (task === undefined) return undefined
    const categoryId = categoryIds[++task.categories]
    return connection
      .ask("POST", `/api/v1/tasks/${task.id}/categories/${categoryId}`, token)
      .then((answer) => learnVersion(task, answer))
  },
  categories: ({ connection, token }) => connection.ask("GET", "/api/v1/categories", token),
  delete: ({ connection, tasks, token }) => {
    const task = tasks.length > 10 ? tasks.shift() : undefined
    return task && connection.ask("DELETE", `/api/v1/tasks/${task.id}`, token)
  },
  me: ({ connection, token }) => connection.ask("GET", "/api/v1/users/me", token),
} satisfies Readonly<Record<string, Operation>>
type OperationName = keyof typeof operations

/** Of 50 requests. */
const shares: Readonly<Record<OperationName, number>> = {
  get: 13,
  list: 14,
  create: 7,
  patch: 6,
  assign: 3,
  categories: 3,
  delete: 2,
  me: 2,
}
const mix = (Object.keys(shares) as ReadonlyArray<OperationName>).flatMap((name) =>
  Array.from({ length: shares[name] }, () => name),
)

const latencies = new Map<string, Array<number>>()
const errors = new Map<string, number>()
let isMeasuring = false
let isOver = false

const codeOf = ({ body }: HttpAnswer): string => /"code":"([^"]+)"/.exec(body)?.[1] ?? ""

const note = (name: string, millis: number, answer: HttpAnswer | Error): void => {
  if (!isMeasuring) return
  const ofName = latencies.get(name) ?? []
  latencies.set(name, ofName)
  ofName.push(millis)
  if (!(answer instanceof Error) && answer.status < 300) return
  const what = `${name}: ${answer instanceof Error ? answer.message : `${answer.status} ${codeOf(answer)}`}`
  errors.set(what, (errors.get(what) ?? 0) + 1)
}

/**
 * Sends one request every interval. If a response takes longer, the requests behind it count from the time at which
 * they were due.
 */
const run = async (client: Client, firstAt: number): Promise<void> => {
  for (let dueAt = firstAt; !isOver; dueAt += intervalMillis) {
    const wait = dueAt - performance.now()
    if (wait > 0) await setTimeout(wait)
    // A timer may fire a millisecond early or late, which is not the server's fault.
    const startedAt = wait > 0 ? performance.now() : dueAt
    client.count++
    const wanted = pick(mix) ?? "list"
    const asked = operations[wanted](client)
    const name = asked === undefined ? "list" : wanted
    const answer = await (asked ?? operations.list(client)).catch((error: Error) => error)
    note(name, performance.now() - startedAt, answer)
    if (answer instanceof Error) return
  }
}

const [order] = (await once(process, "message")) as [QuotaOrder]
const url = new URL(order.url)
const clients: Array<Client> = []
for (const { categoryIds, taskIds, token } of order.clients) {
  const tasks = taskIds.map((id) => ({ id, version: 1, categories: 1 }))
  clients.push({ connection: new HttpConnection(url), token, tasks, categoryIds, count: 0 })
}
// The users start one after another through the first two thirds of the warm-up, and all are active from then on.
const begin = performance.now() + 100
const arrivalMillis = (order.warmUpSeconds * 1000 * 2) / 3
const all = clients.map((client, index) => run(client, begin + (index * arrivalMillis) / clients.length))
await setTimeout(order.warmUpSeconds * 1000)
isMeasuring = true
process.send?.("measuring")
const cpuBefore = process.cpuUsage()
await setTimeout(order.seconds * 1000)
const cpu = process.cpuUsage(cpuBefore)
isMeasuring = false
isOver = true
const values = [...latencies.values()].flat()
process.send?.({
  requests: values.length,
  latencies: Object.fromEntries([...latencies].map(([name, millis]) => [name, latencyOf(millis)])),
  overall: latencyOf(values),
  errors: [...errors],
  senderCpuShare: (cpu.user + cpu.system) / (order.seconds * 1_000_000),
} satisfies QuotaReport)
await Promise.all(all)
for (const { connection } of clients) connection.close()
process.disconnect?.()
