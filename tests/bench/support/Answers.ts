/** Sends the same requests to several systems, and returns their answers in a form that can be compared byte for byte. */
import { password } from "./Password.ts"
import type { Population, System } from "./System.ts"

export interface ComparedAnswer {
  readonly request: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The headers that belong to the contract. The others differ from one server to the next. */
const compared = [
  "cache-control",
  "etag",
  "location",
  "ratelimit-limit",
  "ratelimit-policy",
  "undo-id",
  "vary",
  "x-content-type-options",
]

const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g
const time = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g
const cursor = /"[0-9a-z]+-[0-9a-f]{8}"/g
const hashTag = /^"[\w-]{16}"$/
const tokens = /"(access_token|refresh_token)":"[^"]+"/g

/** Masks what a server makes itself: new ids, the time of the request, and what derives from them. */
const maskOf = ({ at, users }: Population) => {
  const known = new Set(
    users.flatMap((user) => [user.userId, user.sessionId, user.taskIds, user.categoryIds, user.changeIds].flat()),
  )
  const startedAt = at.toISOString()
  // The records have times up to the start, and due dates of at least a day later.
  const dayAfter = new Date(at.getTime() + 12 * 3_600_000).toISOString()
  return (text: string): string =>
    text
      .replaceAll(uuid, (id) => (known.has(id) ? id : "<id>"))
      .replaceAll(time, (each) => (each > startedAt && each < dayAfter ? "<time>" : each))
      .replaceAll(tokens, '"$1":"<token>"')
}

/** Returns the answers of one system to one request of every kind, and to some that are refused. */
export const answersOf = async (system: System, population: Population): Promise<ReadonlyArray<ComparedAnswer>> => {
  const [user, other] = population.loadUsers
  if (user === undefined || other === undefined) throw new Error("there are two users")
  const mask = maskOf(population)
  const answers: Array<ComparedAnswer> = []
  const ask = async (method: string, path: string, body?: object, token: string | null = user.token) => {
    const response = await fetch(new URL(path, system.server.url), {
      method,
      headers: {
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const isRefused = response.status >= 400
    const masked = mask(text)
    // What derives from masked values differs as they do.
    const isMasked = masked !== text
    const headers = compared.map((name) => {
      const value = mask(response.headers.get(name) ?? "")
      return [name, isMasked && hashTag.test(value) ? "<hash>" : value] as const
    })
    answers.push({
      request: mask(`${method} ${path}`).replace(/since=.*/, "since=<cursor>"),
      status: response.status,
      // The text of a refusal is each server's own.
      headers: isRefused ? {} : Object.fromEntries(headers),
      body: isRefused ? "" : isMasked ? masked.replaceAll(cursor, "<cursor>") : masked,
    })
    return text
  }
  const [first = "", second = "", third = "", fourth = ""] = user.taskIds
  const create = {
    title: "Water the plants",
    description: "Twice.",
    priority: "high",
    due_date: "2035-01-01T09:00:00+02:00",
  }
  await ask("GET", "/api/v1/tasks?limit=20")
  await ask("GET", "/api/v1/tasks?limit=20&page=3")
  for (const id of [first, second, third]) await ask("GET", `/api/v1/tasks/${id}`)
  await ask("GET", "/api/v1/changes?limit=100")
  await ask("PATCH", `/api/v1/tasks/${second}`, { version: 1, title: "Changed", status: "in_progress", due_date: null })
  await ask("PATCH", `/api/v1/tasks/${second}`, { version: 1, title: "Changed" })
  await ask("PATCH", `/api/v1/tasks/${second}`, { version: 2, title: "Changed" })
  await ask("GET", `/api/v1/tasks/${second}`)
  await ask("POST", "/api/v1/tasks", create)
  await ask("POST", "/api/v1/tasks", { title: "  Padded  " })
  await ask("DELETE", `/api/v1/tasks/${third}`)
  await ask("DELETE", `/api/v1/tasks/${third}`)
  await ask("GET", `/api/v1/tasks/${third}`)
  await ask("POST", "/api/v1/batch", {
    operations: [
      { op: "create_task", task: create },
      { op: "update_task", task_id: first, version: 1, task: { priority: "low" } },
      { op: "delete_task", task_id: fourth },
    ],
  })
  const page = JSON.parse(await ask("GET", "/api/v1/changes?limit=98")) as { readonly next_cursor: string }
  await ask("GET", `/api/v1/changes?since=${page.next_cursor}`)
  await ask("GET", "/api/v1/tasks?limit=5")
  await ask("POST", "/api/v1/auth/login", { email: user.email, password }, null)
  await ask("POST", "/api/v1/auth/login", { email: other.email, password: "Wrong Horse 1" }, null)
  await ask("GET", "/api/v1/tasks", undefined, null)
  await ask("GET", "/api/v1/tasks", undefined, "not.a.token")
  await ask("GET", `/api/v1/tasks/${first}`, undefined, other.token)
  await system.database.reset()
  return answers
}
