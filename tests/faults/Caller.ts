/** Calls a server process as clients do, with a limit on every wait. */
import { expect } from "vitest"

/** The outer limit of one call. The service answers every request within 40 seconds, so only a hang reaches it. */
const hangMillis = 90_000

export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly body: Readonly<Record<string, unknown>>
}

export interface Call {
  readonly token?: string | undefined
  readonly body?: object | undefined
  readonly key?: string | undefined
}

/** Sends the request and returns the whole response. Rejects if the connection is lost or nothing comes. */
export const call = async (
  url: string,
  method: string,
  path: string,
  { body, key, token }: Call = {},
): Promise<Reply> => {
  const response = await fetch(`${url}${path}`, {
    method,
    signal: AbortSignal.timeout(hangMillis),
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(key !== undefined && { "idempotency-key": key }),
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const isJson = response.headers.get("content-type")?.includes("json") === true
  return { status: response.status, headers: response.headers, body: isJson && text !== "" ? JSON.parse(text) : {} }
}

export const password = "Correct Horse 1"

let accounts = 0

/** Returns the body of a registration with an email address of its own. */
export const registration = () => ({
  email: `user${process.pid}.${++accounts}@example.com`,
  password,
  full_name: "Ada Lovelace",
})

/** Registers a user and returns the access token. */
export const register = async (url: string): Promise<string> => {
  const { body, status } = await call(url, "POST", "/api/v1/auth/register", { body: registration() })
  expect(status).toBe(201)
  return String(body["access_token"])
}

/** Returns the fields of the task in a response. */
export const taskOf = ({ body }: Reply) =>
  body["task"] as {
    readonly id: string
    readonly title: string
    readonly version: number
    readonly categories: ReadonlyArray<{ readonly id: string }>
  }

/** Asserts that a refused request got the problem of an unavailable service, and when to retry. */
export const expectUnavailable = ({ body, headers, status }: Reply): void => {
  expect([status, body["code"], headers.get("content-type")]).toEqual([
    503,
    "unavailable",
    expect.stringContaining("application/problem+json"),
  ])
  expect(Number(headers.get("retry-after"))).toBeGreaterThan(0)
}

/** How often each status came. */
export const countStatuses = (statuses: ReadonlyArray<number>): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {}
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1
  return counts
}
