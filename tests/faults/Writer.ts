/** A client that writes through a server whatever happens to it, and remembers which writes were answered. */
import { expect } from "vitest"
import { call, expectUnavailable, type Reply, register, registration, taskOf } from "./Caller.ts"

/** How often a writer also registers an account. A registration costs a password hash. */
const stepsPerRegistration = 8
const pauseMillis = 5
const pageSize = 100

interface Session {
  readonly email: string
  readonly token: string
}

export interface Writer {
  readonly token: string
  /** Writes in a loop until the promise of `stop` resolves. A request without a response is one that is unsure. */
  readonly start: () => void
  readonly stop: () => Promise<void>
  /** How many writes were answered, and how many were refused or lost. */
  readonly answered: () => number
  readonly unsure: () => number
  /** Asserts that every answered write is there, and each unsure one is there as a whole or not at all. */
  readonly verify: () => Promise<void>
}

/**
 * Makes a user with two categories and a task. `url` is asked before every request, because a restarted process has
 * another port. Responses that are neither right nor 503 fail the loop and `stop`.
 */
export const makeWriter = async (url: () => string): Promise<Writer> => {
  const token = await register(url())
  const ask = (method: string, path: string, body?: object, by = token) =>
    call(url(), method, path, { token: by, body })
  const categoryIds: Array<string> = []
  for (const name of ["Garden", "House"]) {
    const { body, status } = await ask("POST", "/api/v1/categories", { name })
    expect(status).toBe(201)
    categoryIds.push((body["category"] as { id: string }).id)
  }
  const { id } = taskOf(await ask("POST", "/api/v1/tasks", { title: "version 1" }))

  /** The last version that a response has named, and the titles that its successor may have without a response. */
  let known = { version: 1, title: "version 1" }
  let unsureTitles = new Set<string>()
  const answeredTasks = new Set<string>()
  const unsureTasks = new Set<string>()
  const answeredSessions: Array<Session> = []
  const unsureEmails: Array<string> = []
  let [steps, answered, unsure] = [0, 0, 0]

  /** Returns the response; null if the write is unsure: it was refused as unavailable, or its connection was lost. */
  const write = async (method: string, path: string, body: object, by?: string): Promise<Reply | null> => {
    const reply = await ask(method, path, body, by).catch(() => null)
    if (reply !== null && reply.status !== 503) {
      answered++
      return reply
    }
    if (reply !== null) expectUnavailable(reply)
    unsure++
    return null
  }

  /** Accepts the version that was read, if it is the known one or its only possible successor. */
  const learn = ({ title, version }: { readonly title: string; readonly version: number }): void => {
    if (version === known.version) expect(title).toBe(known.title)
    else {
      expect(version).toBe(known.version + 1)
      expect([...unsureTitles]).toContain(title)
      known = { version, title }
      unsureTitles = new Set()
    }
  }

  const change = async () => {
    const title = `version ${known.version + 1} of step ${steps}`
    const reply = await write("PATCH", `/api/v1/tasks/${id}`, { version: known.version, title })
    if (reply === null) unsureTitles.add(title)
    // A change without a response was done after all.
    else if (reply.status === 409) learn(reply.body["current"] as { title: string; version: number })
    else {
      expect([reply.status, taskOf(reply).version]).toEqual([200, known.version + 1])
      known = { version: known.version + 1, title }
      unsureTitles = new Set()
    }
  }

  const create = async () => {
    const title = `task of step ${steps}`
    const reply = await write("POST", "/api/v1/tasks", { title, status: "in_progress", category_ids: categoryIds })
    if (reply === null) unsureTasks.add(title)
    else {
      expect([reply.status, taskOf(reply).categories.length]).toEqual([201, 2])
      answeredTasks.add(title)
    }
  }

  const signUp = async () => {
    const body = registration()
    const reply = await write("POST", "/api/v1/auth/register", body)
    if (reply === null) unsureEmails.push(body.email)
    else {
      expect(reply.status).toBe(201)
      answeredSessions.push({ email: body.email, token: String(reply.body["access_token"]) })
    }
  }

  let isStopped = true
  let loop: Promise<unknown> = Promise.resolve()
  const run = async () => {
    while (!isStopped) {
      steps++
      await change()
      await create()
      if (steps % stepsPerRegistration === 1) await signUp()
      await new Promise((resolve) => setTimeout(resolve, pauseMillis))
    }
  }

  const allTasks = async () => {
    const found: Array<{ title: string; status: string; version: number; categories: ReadonlyArray<unknown> }> = []
    for (let page = 1; ; page++) {
      const { body, status } = await ask("GET", `/api/v1/tasks?limit=${pageSize}&page=${page}`)
      expect(status).toBe(200)
      found.push(...(body["data"] as typeof found))
      if (found.length >= Number(body["total"])) return found
    }
  }

  const verify = async () => {
    const shown = await ask("GET", `/api/v1/tasks/${id}`)
    expect(shown.status).toBe(200)
    learn(taskOf(shown))
    const tasks = (await allTasks()).filter(({ title }) => title.startsWith("task "))
    const titles = tasks.map(({ title }) => title)
    expect(new Set(titles).size).toBe(titles.length)
    expect([...answeredTasks].filter((title) => !titles.includes(title))).toEqual([])
    expect(titles.filter((title) => !answeredTasks.has(title) && !unsureTasks.has(title))).toEqual([])
    const isWhole = ({ categories, status, version }: (typeof tasks)[number]) =>
      categories.length === 2 && status === "in_progress" && version === 1
    expect(tasks.filter((task) => !isWhole(task))).toEqual([])
    for (const { token: by } of answeredSessions) {
      const { body, status } = await ask("GET", "/api/v1/auth/sessions", undefined, by)
      expect([status, (body["data"] as ReadonlyArray<unknown>).length]).toEqual([200, 1])
    }
  }

  return {
    token,
    start: () => {
      isStopped = false
      loop = run()
      // It is awaited by `stop`.
      loop.catch(() => undefined)
    },
    stop: async () => {
      isStopped = true
      await loop
    },
    answered: () => answered,
    unsure: () => unsure,
    verify,
  }
}
