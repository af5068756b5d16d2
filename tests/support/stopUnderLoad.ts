/** Stops a server under load, and holds it to a response for every request that was sent. */
import { Agent, get } from "node:http"
import { expect } from "vitest"
import type { ServerProcess } from "./serverProcess.ts"

export interface Outcome {
  readonly status: number | null
  /** Whether the response tells the caller to use another connection. */
  readonly isLast: boolean
  readonly error: string | null
  readonly body: string
}

/** Sends one request. Never rejects. */
export const ask = (url: string, agent: Agent | false): Promise<Outcome> =>
  new Promise((resolve) => {
    const fail = (error: NodeJS.ErrnoException) =>
      resolve({ status: null, isLast: true, error: error.code ?? error.message, body: "" })
    get(url, { agent }, (response) => {
      let body = ""
      response.setEncoding("utf8")
      response.on("data", (chunk) => {
        body += chunk
      })
      response.on("error", fail)
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? null,
          isLast: response.headers.connection === "close",
          error: null,
          body,
        }),
      )
    }).on("error", fail)
  })

const lastLine = ({ output }: ServerProcess): unknown => JSON.parse(output().trim().split("\n").at(-1) ?? "")

/** Ends the server by the signal while 24 callers send requests, over kept and over new connections. */
export const expectAllAnswered = async (server: ServerProcess, signal: NodeJS.Signals): Promise<void> => {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })
  const outcomes: Array<Outcome> = []
  let isRefused = false
  const callers = Array.from({ length: 24 }, async (_, index) => {
    const path = index % 4 === 0 ? "/api/v1/tasks" : "/health"
    while (!isRefused) {
      const outcome = await ask(`${server.url}${path}`, index % 3 === 0 ? false : agent)
      // From here on no process listens, so the request was never sent.
      if (outcome.error === "ECONNREFUSED") isRefused = true
      else outcomes.push(outcome)
    }
  })
  await expect.poll(() => outcomes.length, { timeout: 30_000 }).toBeGreaterThan(500)
  const before = outcomes.length
  const code = await server.end(signal)
  await Promise.all(callers)
  agent.destroy()
  expect(outcomes.filter(({ error }) => error !== null)).toEqual([])
  expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set([200, 401]))
  expect(outcomes.slice(before).some(({ isLast }) => isLast)).toBe(true)
  expect(code).toBe(0)
  expect(lastLine(server)).toMatchObject({ level: "INFO", message: `Taskwright stopped because of ${signal}` })
}
