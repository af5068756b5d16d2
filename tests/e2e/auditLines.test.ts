/** Holds the filter of the documentation to the lines that a server writes. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { blocksOf } from "../support/pages.ts"
import { type ServerProcess, startOnNewDatabase } from "../support/serverProcess.ts"

const filter = blocksOf("docs/operations.md").find(({ code }) => code.includes("failregex"))?.code ?? ""
const [, failregex = ""] = /^failregex = (.+)$/m.exec(filter) ?? []
const failure = new RegExp(failregex.replace("<HOST>", "(?<host>[0-9a-f.:]+)"))

describe("a server process behind a proxy", () => {
  let server: ServerProcess
  beforeAll(async () => {
    server = await startOnNewDatabase({ TRUST_PROXY: "1", LOG_FORMAT: "json" })
  })
  afterAll(() => server.end("SIGTERM"))

  const post = async (path: string, body: unknown, headers: Record<string, string>) => {
    const response = await fetch(`${server.url}/api/v1/auth/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    })
    return response.status
  }

  it("writes failed logins that the filter of fail2ban finds, with the client's address", async () => {
    const account = { email: "ada@example.com", password: "Correct Horse 1" }
    const statuses = [
      await post("register", { ...account, full_name: "Ada" }, { "x-forwarded-for": "192.0.2.1" }),
      await post("login", account, { "x-forwarded-for": "192.0.2.2" }),
      await post("login", { ...account, password: "Wrong" }, { "x-forwarded-for": "192.0.2.3" }),
      await post("login", { ...account, email: "none@example.com" }, { "x-forwarded-for": "2001:db8::7" }),
      await post("refresh", { refresh_token: '"event":"login.failed"' }, { "x-forwarded-for": "192.0.2.4" }),
    ]
    expect(statuses).toEqual([201, 200, 401, 401, 401])
    await expect
      .poll(() =>
        server
          .output()
          .split("\n")
          .filter((line) => line.includes('"status"')),
      )
      .toHaveLength(5)
    const hosts = server
      .output()
      .split("\n")
      .flatMap((line) => failure.exec(line)?.groups?.["host"] ?? [])
    expect(hosts).toEqual(["192.0.2.3", "2001:db8::7"])
    expect(server.output()).not.toContain("@example.com")
  })

  it("starts and stops with one line each", async () => {
    await server.end("SIGTERM")
    const messages = server
      .output()
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => (JSON.parse(line) as { readonly message: string }).message)
    expect(messages.filter((message) => message.includes("Taskwright"))).toEqual([
      expect.stringMatching(/^Taskwright \S+ serves http/),
      "Taskwright stopped because of SIGTERM",
    ])
  })
})
