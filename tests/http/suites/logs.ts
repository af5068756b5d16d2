/** Tests that the access log is complete, and that it contains no secret. */
import { Logger } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { CategoryResponse, TaskResponse, TokenPair, TokenResponse } from "../Answers.ts"
import { type Client, mailedTokens, register, type SuitePorts, startClient } from "../Client.ts"
import { exchange, request } from "../RawSocket.ts"

interface Line {
  readonly level: string
  readonly message: string
  readonly annotations: Readonly<Record<string, unknown>>
}

export const suite = (name: string, ports: SuitePorts) =>
  describe(`the log on ${name}`, () => {
    let client: Client
    const texts: Array<string> = []
    const keep = Logger.map(Logger.formatJson, (line) => {
      texts.push(line)
    })
    beforeAll(async () => {
      client = await startClient(ports, {}, [keep])
    })
    afterAll(() => client.stop())

    const lines = (): ReadonlyArray<Line> => texts.map((text) => JSON.parse(text) as Line)

    it("each request has one line, with its id, its route and its status, and no line has a secret", async () => {
      const user = await register(client)
      const { email } = user.user
      const token = user.access_token
      const [mailed = ""] = await mailedTokens(client, email)
      const secrets = [email, user.password, "Wr0ng Password", token, user.refresh_token, mailed, "Secret plans"]
      let requests = 1
      const expected: Array<readonly [string, number]> = [["POST /api/v1/auth/register", 201]]
      const ask = async <Body>(
        method: string,
        path: string,
        route: string,
        status: number,
        body?: unknown,
        shown = token,
      ) => {
        const answer = await client.ask<Body>(method, path, {
          token: shown,
          body,
          headers: {
            "x-request-id": `request-${requests++}`,
            "user-agent": token,
            referer: `http://x/?token=${mailed}`,
          },
        })
        expect([route, answer.status]).toEqual([route, status])
        expected.push([route, status])
        return answer.body
      }
      const auth = "/api/v1/auth"
      await ask("POST", `${auth}/register`, `POST ${auth}/register`, 409, {
        email,
        password: user.password,
        full_name: "Ada",
      })
      await ask("POST", `${auth}/login`, `POST ${auth}/login`, 401, { email, password: "Wr0ng Password" })
      const login = await ask<TokenPair>("POST", `${auth}/login`, `POST ${auth}/login`, 200, {
        email,
        password: user.password,
      })
      const refreshed = await ask<TokenPair>("POST", `${auth}/refresh`, `POST ${auth}/refresh`, 200, {
        refresh_token: login.refresh_token,
      })
      await ask("POST", `${auth}/refresh`, `POST ${auth}/refresh`, 401, { refresh_token: login.refresh_token })
      for (const pair of [login, refreshed]) secrets.push(pair.access_token, pair.refresh_token)
      await ask("POST", `${auth}/resend-verification`, `POST ${auth}/resend-verification`, 202, { email })
      secrets.push(...(await mailedTokens(client, email)))
      await ask("POST", `${auth}/verify-email`, `POST ${auth}/verify-email`, 400, { token: mailed })
      await ask("POST", `${auth}/verify-email`, `POST ${auth}/verify-email`, 400, { token: mailed, [email]: 1 })
      const { task } = await ask<TaskResponse>("POST", "/api/v1/tasks", "POST /api/v1/tasks", 201, {
        title: "Secret plans",
      })
      const { category } = await ask<CategoryResponse>("POST", "/api/v1/categories", "POST /api/v1/categories", 201, {
        name: "Secret plans",
      })
      const onTask = `/api/v1/tasks/${task.id}`
      await ask("GET", onTask, "GET /api/v1/tasks/:task_id", 200)
      await ask("PATCH", onTask, "PATCH /api/v1/tasks/:task_id", 200, { version: 1, title: "Secret plan" })
      await ask("PATCH", onTask, "PATCH /api/v1/tasks/:task_id", 409, { version: 1 })
      const assign = "POST /api/v1/tasks/:task_id/categories/:category_id"
      await ask("POST", `${onTask}/categories/${category.id}`, assign, 200)
      await ask("GET", `/api/v1/tasks?token=${mailed}`, "GET /api/v1/tasks", 400)
      await ask("GET", `/verify-nothing?token=${mailed}`, "GET (none)", 404)
      await ask("GET", `/${mailed}`, "GET (none)", 404)
      await ask("GET", "/api/v1/users/me", "GET /api/v1/users/me", 401, undefined, refreshed.refresh_token)
      const made = await ask<TokenResponse>("POST", "/api/v1/tokens", "POST /api/v1/tokens", 201, {
        name: "Secret name",
        scopes: ["tasks:read"],
      })
      secrets.push(made.secret, made.secret.slice(8), "Secret name")
      await ask("GET", "/api/v1/tasks", "GET /api/v1/tasks", 200, undefined, made.secret)
      expect(lines().at(-1)?.annotations).toMatchObject({ user_id: user.user.id, token_id: made.token.id })
      await ask("GET", `/${made.secret}`, "GET (none)", 404)
      await ask("GET", "/api/v1/tasks", "GET /api/v1/tasks", 401, undefined, `${made.secret.slice(0, -1)}-`)
      await ask("POST", `${auth}/logout`, `POST ${auth}/logout`, 204)

      const answered = lines().filter(({ annotations }) => "status" in annotations)
      expect(answered.map(({ annotations }) => [annotations["route"], annotations["status"]])).toEqual(expected)
      const ids = answered.map(({ annotations }) => annotations["request_id"])
      expect(ids.slice(1)).toEqual(Array.from({ length: requests - 1 }, (_, index) => `request-${index + 1}`))
      for (const { annotations } of answered) {
        expect(annotations).toMatchObject({
          duration_ms: expect.any(Number),
          response_bytes: annotations["status"] === 204 || annotations["status"] === 202 ? 0 : expect.any(Number),
          limited: false,
          client_address: expect.stringMatching(/^(?:::ffff:)?127\.0\.0\.1$|^::1$/),
        })
      }
      // A log may identify the user by id.
      expect(answered.at(-1)?.annotations["user_id"]).toBe(user.user.id)

      const theft = lines().filter(({ annotations }) => annotations["event"] === "token.reused")
      expect(theft).toHaveLength(1)
      expect(theft[0]).toMatchObject({
        level: "WARN",
        annotations: { request_id: "request-5", user_id: user.user.id, session_id: expect.any(String) },
      })

      for (const text of texts) {
        expect(text).not.toContain("\n")
        for (const secret of secrets) expect(text).not.toContain(secret)
      }
    })

    it("a line has the address that the proxy names, the bytes of the body, and whether it was limited", async () => {
      const written: Array<Line> = []
      const watch = Logger.map(Logger.formatJson, (text) => written.push(JSON.parse(text) as Line))
      const behindProxy = await startClient(
        ports,
        { trustedProxies: 1, addressLimit: { limit: 1, windowMillis: 60_000 } },
        [watch],
      )
      const ask = () =>
        behindProxy.ask("POST", "/api/v1/auth/refresh", {
          body: { refresh_token: "none" },
          headers: { "x-forwarded-for": "203.0.113.9, 2001:db8::7" },
        })
      const answers = [await ask(), await ask()]
      await behindProxy.stop()
      const requests = written.filter(({ annotations }) => "status" in annotations)
      expect(requests.map(({ annotations }) => annotations)).toMatchObject(
        answers.map(({ headers, status }) => ({
          status,
          client_address: "2001:db8::7",
          response_bytes: Number(headers.get("content-length")),
          limited: status === 429,
        })),
      )
      expect(answers.map(({ status }) => status)).toEqual([401, 429])
    })

    it("a request continues the trace of its client", async () => {
      const trace = "4bf92f3577b34da6a3ce929d0e0e4736"
      await client.ask("GET", "/health", {
        headers: { "x-request-id": "traced", traceparent: `00-${trace}-00f067aa0ba902b7-01` },
      })
      await client.ask("GET", "/health", { headers: { "x-request-id": "odd", traceparent: "00-xyz\u00e9-1" } })
      const idOf = (requestId: string) =>
        lines().find(({ annotations }) => annotations["request_id"] === requestId)?.annotations["trace_id"]
      expect(idOf("traced")).toBe(trace)
      expect(idOf("odd")).not.toBe(trace)
    })

    it("no input of a client can forge a line", async () => {
      const before = texts.length
      await exchange(client.url, request("GET /%0a%7B%22level%22:%22ERROR%22%7D", ["X-Request-Id: a\u0085b"]))
      await client.ask("POST", "/api/v1/auth/refresh", { body: { refresh_token: "\n{}", "\u2028": 1 } })
      expect(texts).toHaveLength(before + 2)
      for (const text of texts.slice(before)) expect(text).not.toMatch(/[\n\u0085\u2028]|ERROR/)
    })

    it("a proxy's entry that is not an address is reported once", async () => {
      const warnings: Array<Line> = []
      const watch = Logger.map(Logger.formatJson, (text) => {
        const line = JSON.parse(text) as Line
        if (line.level === "WARN") warnings.push(line)
      })
      const behindProxy = await startClient(ports, { trustedProxies: 1 }, [watch])
      for (const entry of ["203.0.113.66:50001", `unknown\u0085${"x".repeat(200)}`, "_hidden", "203.0.113.066"]) {
        await behindProxy.ask("GET", "/health", { headers: { "x-forwarded-for": entry } })
      }
      await behindProxy.stop()
      expect(warnings.map(({ message }) => message)).toEqual([expect.stringContaining("X-Forwarded-For")])
      expect(warnings[0]?.annotations).toEqual({ entry: `unknown?${"x".repeat(56)}` })
    })
  })
