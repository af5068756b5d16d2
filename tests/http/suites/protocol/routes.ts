/** Tests the addresses of the service, their methods, and the headers that every route shares. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { Problem } from "../../Answers.ts"
import { type Client, register, type SuitePorts, startClient, type User } from "../../Client.ts"
import { exchange, request } from "../../RawSocket.ts"
import { expectProblem } from "./expectProblem.ts"

const json = ["Content-Type: application/json"]
const loginBody = '{"email":"ada@example.com","password":"Wrong"}'

export const suite = (name: string, ports: SuitePorts) =>
  describe(`the routes on ${name}`, () => {
    let client: Client
    let ada: User
    beforeAll(async () => {
      client = await startClient(ports)
      ada = await register(client)
    })
    afterAll(() => client.stop())

    const send = (...parts: ReadonlyArray<string | Uint8Array>) => exchange(client.url, ...parts)

    it("health checks and pages ignore query parameters; API requests refuse unknown ones", async () => {
      const addresses = {
        "/health": 200,
        "/health/ready": 200,
        "/.well-known/jwks.json": 200,
        "/.well-known/api-catalog": 200,
        "/docs": 200,
        "/openapi.json": 200,
        "/problems/not_found": 200,
        "/": 303,
        "/api/v1/auth/login": 400,
      }
      for (const [path, status] of Object.entries(addresses)) {
        for (const query of ["?_=1732600000", "?a=1&a=2&b", "?__proto__=1", "?%zz=%", "?"]) {
          const method = path.startsWith("/api") ? "POST" : "GET"
          const start = `${method} ${path}${query}`
          const [answer] = await send(request(start, [...json, `Content-Length: ${loginBody.length}`], loginBody))
          expect([start, answer?.status]).toEqual([start, path.startsWith("/api") && query === "?" ? 401 : status])
        }
      }
    })

    it("a path is found in exactly one spelling", async () => {
      const targets = [
        "//health",
        "/health/",
        "/HEALTH",
        "/./health",
        "/docs/../health",
        "/docs/%2e%2e/health",
        "/%2fhealth",
        "/health%00",
        "/health%3Fx=1",
        "/health%20",
        "/health;x=1",
        "/health#x",
        "/%zz",
        "/%",
        "/%c0%ae",
        "/api%2Fv1%2Ftasks",
        "/api/v1//tasks",
        "/API/v1/tasks",
        "/problems/%256eot_found",
        "/problems/..%2fhealth",
        "/problems/__proto__",
        "http://localhost/health",
        "http://evil.example/health",
        "*",
      ]
      for (const target of targets) {
        const method = target === "*" ? "OPTIONS" : "GET"
        const [answer] = await send(request(`${method} ${target}`))
        expectProblem(target, answer, "not_found")
      }
      // A path is decoded exactly once.
      expect((await send(request("GET /problems/%6eot_found")))[0]?.status).toBe(200)
    })

    it("every response under /api/v1/auth is no-store, also without a route", async () => {
      const targets = ["login", "sessions/", "sessions", "nothing", "login/", "login?token=x", "%zz"]
      for (const target of targets) {
        const [answer] = await send(request(`GET /api/v1/auth/${target}`))
        expect([target, answer?.headers["cache-control"]]).toEqual([target, "no-store"])
      }
    })

    it("each path names its methods in Allow", async () => {
      const { id } = ada.user
      const methods = {
        "/": "GET, HEAD, OPTIONS",
        "/health": "GET, HEAD, OPTIONS",
        "/health/ready": "GET, HEAD, OPTIONS",
        "/docs": "GET, HEAD, OPTIONS",
        "/openapi.json": "GET, HEAD, OPTIONS",
        "/.well-known/jwks.json": "GET, HEAD, OPTIONS",
        "/.well-known/api-catalog": "GET, HEAD, OPTIONS",
        "/api": "GET, HEAD, OPTIONS",
        "/api/v1": "GET, HEAD, OPTIONS",
        "/problems/not_found": "GET, HEAD, OPTIONS",
        "/api/v1/auth/register": "OPTIONS, POST",
        "/api/v1/auth/login": "OPTIONS, POST",
        "/api/v1/auth/refresh": "OPTIONS, POST",
        "/api/v1/auth/logout": "OPTIONS, POST",
        "/api/v1/auth/verify-email": "OPTIONS, POST",
        "/api/v1/auth/resend-verification": "OPTIONS, POST",
        "/api/v1/auth/forgot-password": "OPTIONS, POST",
        "/api/v1/auth/reset-password": "OPTIONS, POST",
        "/api/v1/auth/change-password": "OPTIONS, POST",
        "/api/v1/auth/sessions": "DELETE, GET, HEAD, OPTIONS",
        [`/api/v1/auth/sessions/${id}`]: "DELETE, OPTIONS",
        "/api/v1/tokens": "GET, HEAD, OPTIONS, POST",
        [`/api/v1/tokens/${id}`]: "DELETE, OPTIONS",
        "/api/v1/users/me": "DELETE, GET, HEAD, OPTIONS, PATCH",
        "/api/v1/tasks": "GET, HEAD, OPTIONS, POST, QUERY",
        [`/api/v1/tasks/${id}`]: "DELETE, GET, HEAD, OPTIONS, PATCH",
        [`/api/v1/tasks/${id}/categories/${id}`]: "DELETE, OPTIONS, POST",
        "/api/v1/categories": "GET, HEAD, OPTIONS, POST",
        [`/api/v1/categories/${id}`]: "DELETE, OPTIONS, PATCH",
        [`/api/v1/categories/${id}/restore`]: "OPTIONS, POST",
      }
      for (const [path, allow] of Object.entries(methods)) {
        const options = await client.ask("OPTIONS", path)
        expect([path, options.status, options.text, options.headers.get("allow")]).toEqual([path, 204, "", allow])
        for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "SEARCH"]) {
          if (allow.split(", ").includes(method)) continue
          const [answer] = await send(request(`${method} ${path}`))
          expect([method, path, answer?.status, answer?.headers["allow"]]).toEqual([method, path, 405, allow])
          if (method !== "HEAD") expectProblem(method, answer, "method_not_allowed")
        }
      }
      for (const method of ["OPTIONS", "GET", "POST", "PUT", "DELETE"]) {
        const answer = await client.ask<Problem>(method, "/api/v1/nope")
        expect([method, answer.status, answer.body.code]).toEqual([method, 404, "not_found"])
        expect(answer.headers.has("allow")).toBe(false)
      }
    })

    it("a request keeps a valid id, and gets a new one instead of an invalid one", async () => {
      const idOf = async (id: string) =>
        (await client.ask("GET", "/health", { headers: { "x-request-id": id } })).headers.get("x-request-id")
      for (const id of ["a", "A-z.0_9", "x".repeat(128)]) expect(await idOf(id)).toBe(id)
      for (const id of ["x".repeat(129), "a b", "a,b", "<script>", "a/b", "é", " "]) {
        const given = await idOf(id)
        expect(given).not.toBe(id)
        expect(given).toMatch(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
      }
      const [twice] = await send(request("GET /health", ["X-Request-Id: one", "X-Request-Id: two"]))
      expect(twice?.headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/)
      expect((await client.ask("GET", "/health")).headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/)
    })

    it("the health checks report that the service is alive and ready", async () => {
      const health = await client.ask("GET", "/health")
      expect([health.status, health.body]).toEqual([
        200,
        { status: "ok", uptime: expect.any(Number), version: expect.any(String) },
      ])
      const ready = await client.ask("GET", "/health/ready")
      const checks = { database: "ok", redis: expect.stringMatching(/^(?:ok|not_configured)$/), mail: "ok" }
      expect([ready.status, ready.body]).toEqual([200, { status: "ok", checks }])
      const root = await client.ask("GET", "/")
      expect([root.status, root.headers.get("location")]).toEqual([303, "/docs"])
    })
  })
