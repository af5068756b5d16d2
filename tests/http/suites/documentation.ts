/** Tests the OpenAPI document, the reference and the problem pages, as the service sends them. */
import { createHash } from "node:crypto"
import { readFile } from "node:fs/promises"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { Api } from "../../../adapters/http/api/v1/Api.ts"
import document from "../../../adapters/http/api/v1/openapi.json" with { type: "json" }
import { problemTypes } from "../../../adapters/http/api/v1/ProblemTypes.ts"
import { operationsOf } from "../../support/openApiOperations.ts"
import { type Problem, statusOfCode } from "../Answers.ts"
import { atOnce, type Client, countStatuses, type SuitePorts, startClient } from "../Client.ts"

const endpoints = Object.values(Api.groups).flatMap((group) =>
  Object.values(group.endpoints).map(({ method, path }) => ({
    method,
    path: path.replace(/:(\w+)/g, "{$1}"),
  })),
)

interface Operation {
  readonly summary?: string
  readonly security?: ReadonlyArray<object>
  readonly responses: Readonly<Record<string, unknown>>
}
const operationOf = (method: string, path: string): Operation | undefined => {
  const paths: Readonly<Record<string, object>> = document.paths
  return operationsOf<Operation>({ ...paths[path] }).find(([name]) => name === method)?.[1]
}

export const suite = (name: string, ports: SuitePorts) =>
  describe(`the documentation on ${name}`, () => {
    let client: Client
    beforeAll(async () => {
      client = await startClient(ports)
    })
    afterAll(() => client.stop())

    it("the served document equals the committed one", async () => {
      const { headers, text } = await client.ask("GET", "/openapi.json")
      expect(headers.get("content-type")).toContain("application/json")
      const kept = await readFile(new URL("../../../adapters/http/api/v1/openapi.json", import.meta.url), "utf8")
      expect(text).toBe(kept)
      expect(document.openapi).toMatch(/^3\.1\./)
    })

    it("every endpoint of the contract is described, with its responses", () => {
      const calls = [
        "POST /api/v1/auth/register",
        "POST /api/v1/auth/login",
        "POST /api/v1/auth/refresh",
        "POST /api/v1/auth/logout",
        "POST /api/v1/auth/verify-email",
        "POST /api/v1/auth/resend-verification",
        "GET /api/v1/users/me",
        "POST /api/v1/tasks",
        "QUERY /api/v1/tasks",
        "POST /api/v1/auth/forgot-password",
        "POST /api/v1/auth/reset-password",
        "POST /api/v1/auth/change-password",
        "GET /api/v1/auth/sessions",
        "DELETE /api/v1/auth/sessions/{session_id}",
        "DELETE /api/v1/auth/sessions",
        "POST /api/v1/tokens",
        "GET /api/v1/tokens",
        "DELETE /api/v1/tokens/{token_id}",
        "PATCH /api/v1/users/me",
        "DELETE /api/v1/users/me",
        "GET /api/v1/tasks",
        "GET /api/v1/tasks/{task_id}",
        "PATCH /api/v1/tasks/{task_id}",
        "DELETE /api/v1/tasks/{task_id}",
        "POST /api/v1/tasks/{task_id}/categories/{category_id}",
        "DELETE /api/v1/tasks/{task_id}/categories/{category_id}",
        "POST /api/v1/categories",
        "GET /api/v1/categories",
        "PATCH /api/v1/categories/{category_id}",
        "DELETE /api/v1/categories/{category_id}",
        "POST /api/v1/categories/{category_id}/restore",
        "GET /api/v1/changes",
        "GET /api/v1/changes/stream",
        "POST /api/v1/tasks/{task_id}/restore",
        "GET /api/v1/tasks/{task_id}/history",
        "GET /api/v1/history",
        "POST /api/v1/undo",
        "GET /api/v1/trash",
        "DELETE /api/v1/trash",
        "DELETE /api/v1/trash/{task_id}",
        "GET /health",
        "GET /health/ready",
        "GET /.well-known/jwks.json",
        "GET /api",
        "GET /api/v1",
        "GET /.well-known/api-catalog",
      ]
      expect(endpoints.map(({ method, path }) => `${method} ${path}`)).toEqual(expect.arrayContaining(calls))
      for (const { method, path } of endpoints) {
        const operation = operationOf(method, path)
        const statuses = Object.keys(operation?.responses ?? {})
        expect([method, path, operation?.summary]).toEqual([method, path, expect.stringMatching(/\w/)])
        expect([method, path, statuses]).toEqual([method, path, expect.arrayContaining([expect.stringMatching(/^2/)])])
        expect([method, path, statuses]).toEqual([method, path, expect.arrayContaining([expect.stringMatching(/^4/)])])
        const needsToken =
          /logout|change-password|sessions|users|batch|tasks|categories|changes|history|undo|trash|tokens/.test(path)
        expect([method, path, (operation?.security ?? []).length > 0]).toEqual([method, path, needsToken])
        if (needsToken) expect(statuses).toContain("401")
      }
    })

    it("every problem code of the contract has its status and a page that explains it", async () => {
      expect(
        Object.fromEntries(Object.entries(problemTypes).map(([code, { status }]) => [code, status])),
      ).toMatchObject(statusOfCode)
      for (const [code, { status, title }] of Object.entries(problemTypes)) {
        const page = await client.ask("GET", `/problems/${code}`)
        expect([code, page.status, page.headers.get("content-type")]).toEqual([code, 200, "text/html; charset=utf-8"])
        for (const part of [title, `${status}`, code]) expect(page.text).toContain(part)
        expect(page.headers.get("referrer-policy")).toBe("no-referrer")
        expect(page.headers.get("content-security-policy")).toContain("default-src 'none'")
        expect(page.text).not.toContain("<script")
      }
      for (const code of ["nonsense", "toString", "constructor", "<script>", ""]) {
        const page = await client.ask<Problem>("GET", `/problems/${code}`)
        expect([code, page.body.code]).toEqual([code, "not_found"])
        expect(page.text).not.toContain("<script>")
      }
    })

    it("the reference loads nothing from another host, and runs only its own scripts", async () => {
      const { headers, status, text } = await client.ask("GET", "/docs")
      expect([status, headers.get("content-type")]).toEqual([200, expect.stringContaining("text/html")])
      expect(headers.get("referrer-policy")).toBe("no-referrer")
      expect(headers.get("x-frame-options")).toBe("DENY")

      const policy = new Map(
        (headers.get("content-security-policy") ?? "").split(";").map((directive) => {
          const [key = "", ...sources] = directive.trim().split(" ")
          return [key, sources] as const
        }),
      )
      expect(policy.get("default-src")).toEqual(["'none'"])
      expect(policy.get("frame-ancestors")).toEqual(["'none'"])
      for (const [key, sources] of policy) {
        for (const source of sources) {
          expect([key, source]).toEqual([
            key,
            expect.stringMatching(/^(?:'none'|'self'|'unsafe-inline'|data:|blob:|'sha256-.+')$/),
          ])
          if (key === "script-src") expect(source).toMatch(/^'sha256-.+'$/)
        }
      }

      const scripts = [...text.matchAll(/<script([^>]*)>([\s\S]*?)<\/script>/g)]
      const runnable = scripts.filter(([, attributes = ""]) => !/type="application\/json"/.test(attributes))
      expect(runnable.length).toBeGreaterThan(0)
      const hashes = runnable.map(
        ([, , source = ""]) => `'sha256-${createHash("sha256").update(source).digest("base64")}'`,
      )
      expect(policy.get("script-src")?.toSorted()).toEqual(hashes.toSorted())

      const shell = text.replace(/<script[^>]*>[\s\S]*?<\/script>/g, "<script></script>")
      expect(shell.length).toBeLessThan(20_000)
      expect(shell).not.toMatch(/(?:src|href|action|data)\s*=\s*["']?\s*(?:https?:)?\/\//i)
      expect(shell).not.toMatch(/@import|url\(\s*["']?(?:https?:)?\/\//i)
      expect(shell).not.toMatch(/<(?:iframe|object|embed|base)\b/i)
    })

    it("a document is sent in the accepted content coding, and only to clients that do not have it", async () => {
      for (const path of ["/docs", "/openapi.json"]) {
        const tags = new Set<string>()
        const plain = await client.ask("GET", path, { headers: { "accept-encoding": "identity" } })
        for (const [accepted, coding] of [
          ["identity", null],
          ["gzip, deflate", "gzip"],
          ["gzip, deflate, br, zstd", "br"],
        ] as const) {
          const got = await client.ask("GET", path, { headers: { "accept-encoding": accepted } })
          expect([path, accepted, got.status, got.headers.get("content-encoding")]).toEqual([
            path,
            accepted,
            200,
            coding,
          ])
          expect(got.text === plain.text).toBe(true)
          expect(got.headers.get("vary")).toBe("Accept-Encoding")
          expect(got.headers.get("cache-control")).toBe("no-cache")
          const etag = got.headers.get("etag") ?? ""
          expect(etag).toMatch(/^"[\w-]+"$/)
          tags.add(etag)

          const head = await client.ask("HEAD", path, { headers: { "accept-encoding": accepted } })
          const told = ["etag", "content-encoding", "content-length", "content-type", "vary"] as const
          expect([head.status, head.text]).toEqual([200, ""])
          for (const name of told) expect([name, head.headers.get(name)]).toEqual([name, got.headers.get(name)])

          for (const method of ["GET", "HEAD"]) {
            for (const known of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
              const headers = { "accept-encoding": accepted, "if-none-match": known }
              const unchanged = await client.ask(method, path, { headers })
              expect([known, unchanged.status, unchanged.text]).toEqual([known, 304, ""])
              expect([unchanged.headers.get("etag"), unchanged.headers.get("vary")]).toEqual([etag, "Accept-Encoding"])
            }
            const headers = { "accept-encoding": accepted, "if-none-match": '"other"' }
            expect((await client.ask(method, path, { headers })).status).toBe(200)
          }
        }
        expect(tags.size).toBe(3)
      }
    })

    it("the coding of a document and the origin of a page both tell copies in a cache apart", async () => {
      const origin = "https://app.example.com"
      const open = await startClient(ports, { corsOrigins: [origin] })
      try {
        const { headers } = await open.ask("GET", "/openapi.json", { headers: { origin } })
        expect(headers.get("vary")).toBe("Accept-Encoding, Origin")
        expect(headers.get("access-control-allow-origin")).toBe(origin)
      } finally {
        await open.stop()
      }
    })

    it("an IP has a separate rate limit for the documents", async () => {
      const limited = await startClient(ports, { documentLimit: { limit: 5, windowMillis: 60_000 } })
      try {
        const answers = await atOnce(12, (index) =>
          limited.ask<Problem>(index % 3 === 0 ? "HEAD" : "GET", index % 2 === 0 ? "/docs" : "/openapi.json"),
        )
        expect(countStatuses(answers)).toEqual({ 200: 5, 429: 7 })
        for (const { body, headers, status, text } of answers) {
          expect(headers.get("ratelimit-policy")).toBe('"documents";q=5;w=60')
          expect(headers.has("retry-after")).toBe(status === 429)
          if (status === 429 && text !== "") expect(body).toMatchObject({ violated_policies: ["documents"] })
        }
        // Requests for documents do not count against the limit of the API, nor the reverse.
        expect((await limited.ask("GET", "/api/v1/tasks")).status).toBe(401)
        expect((await limited.ask("GET", "/problems/not_found")).status).toBe(200)
      } finally {
        await limited.stop()
      }
    })
  })
