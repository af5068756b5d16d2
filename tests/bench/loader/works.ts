/** The kinds of request that the benchmark measures, as a client sends them. */
import { password } from "../support/Password.ts"
import type { HttpAnswer, HttpConnection } from "./HttpConnection.ts"

/** A user, as a connection sends its requests. */
export interface LoadUser {
  readonly token: string
  readonly email: string
  readonly taskIds: ReadonlyArray<string>
}

interface KnownTask {
  readonly id: string
  version: number
}

/** A user, with the tasks that the server is known to have. */
export interface Caller {
  readonly token: string
  readonly email: string
  readonly tasks: Array<KnownTask>
  count: number
}

export interface Work {
  readonly status: number
  /** Sends one request. Returns undefined if the user has no task left. */
  readonly ask: (connection: HttpConnection, caller: Caller) => Promise<HttpAnswer> | undefined
}

export const makeCaller = ({ email, taskIds, token }: LoadUser): Caller => ({
  token,
  email,
  tasks: taskIds.map((id) => ({ id, version: 1 })),
  count: 0,
})

const next = ({ count, tasks }: Caller): KnownTask | undefined => tasks[count % tasks.length]

const bodyOfCreate = JSON.stringify({
  title: "Water the plants",
  description: "The ones by the window twice.",
  priority: "high",
  due_date: "2035-01-01T09:00:00+02:00",
})

const operationsInBatch = 100
const bodyOfBatch = JSON.stringify({
  operations: Array.from({ length: operationsInBatch }, (_, index) => ({
    op: "create_task",
    task: { title: `Task ${index} of a batch`, priority: "low" },
  })),
})

const list: Work = {
  status: 200,
  ask: (connection, { token }) => connection.ask("GET", "/api/v1/tasks?limit=20", token),
}

const get: Work = {
  status: 200,
  ask: (connection, caller) => {
    const task = next(caller)
    return task && connection.ask("GET", `/api/v1/tasks/${task.id}`, caller.token)
  },
}

const create: Work = {
  status: 201,
  ask: (connection, { token }) => connection.ask("POST", "/api/v1/tasks", token, bodyOfCreate),
}

const update: Work = {
  status: 200,
  ask: (connection, caller) => {
    const task = next(caller)
    if (task === undefined) return undefined
    const status = task.version % 2 === 0 ? "pending" : "in_progress"
    const body = `{"version":${task.version},"title":"Changed ${task.version}","status":"${status}"}`
    task.version++
    return connection.ask("PATCH", `/api/v1/tasks/${task.id}`, caller.token, body)
  },
}

const remove: Work = {
  status: 204,
  ask: (connection, caller) => {
    const task = caller.tasks.pop()
    return task && connection.ask("DELETE", `/api/v1/tasks/${task.id}`, caller.token)
  },
}

const batch: Work = {
  status: 200,
  ask: (connection, { token }) => connection.ask("POST", "/api/v1/batch", token, bodyOfBatch),
}

const changes: Work = {
  status: 200,
  ask: (connection, { token }) => connection.ask("GET", "/api/v1/changes?limit=100", token),
}

const login: Work = {
  status: 200,
  ask: (connection, { email }) =>
    connection.ask("POST", "/api/v1/auth/login", null, JSON.stringify({ email, password })),
}

/** Changes a task, and lists again. So no list is the same as the one before. */
const relist: Work = {
  status: 200,
  ask: (connection, caller) => (caller.count % 2 === 0 ? update : list).ask(connection, caller),
}

/** Of 20 requests 14 are lists, 3 get a task, 2 create one and 1 changes one, spread evenly. */
const turns: ReadonlyArray<Work> = Array.from(
  "LGLLLCLLLULGLLCLLLGL",
  (letter) => ({ L: list, G: get, C: create, U: update })[letter] ?? list,
)
const turnOf = ({ count }: Caller): Work => turns[count % turns.length] ?? list
/** Their names are those of the results. */
export const works = {
  list,
  relist,
  get,
  create,
  update,
  delete: remove,
  batch,
  changes,
  login,
} as const satisfies Readonly<Record<string, Work>>
export type WorkName = keyof typeof works | "mixed"
export const workNames = [...Object.keys(works), "mixed"] as ReadonlyArray<WorkName>

/** Works that leave the database other than they found it. */
export const changing: ReadonlySet<WorkName> = new Set(["relist", "create", "update", "delete", "batch", "mixed"])

/** Sends one request of the work. Fails if its status is another one. Returns false if nothing is left to send. */
export const ask = async (name: WorkName, connection: HttpConnection, caller: Caller): Promise<boolean> => {
  const work = name === "mixed" ? turnOf(caller) : works[name]
  const asked = work.ask(connection, caller)
  caller.count++
  if (asked === undefined) return false
  const answer = await asked
  if (answer.status !== work.status) {
    throw new Error(`${name}: ${answer.status} in the place of ${work.status}: ${answer.body}`)
  }
  return true
}
