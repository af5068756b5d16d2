/** Tests the CORS headers and preflight responses. */
import { afterEach, describe, expect, it } from "vitest"
import { type Client, register, type SuitePorts, startClient } from "../Client.ts"

const allowed = ["https://app.example.com", "http://localhost:5173"]
const strangers = [
  "https://evil.example",
  "https://app.example.com.evil.example",
  "http://app.example.com",
  "https://APP.example.com",
  "https://app.example.com:444",
  "null",
]

export const suite = (name: string, ports: SuitePorts) =>
  describe(`other origins on ${name}`, () => {
    let client: Client
    afterEach(() => client.stop())

    const preflight = (origin: string, path = "/api/v1/tasks") =>
      client.ask("OPTIONS", path, {
        headers: {
          origin,
          "access-control-request-method": "PATCH",
          "access-control-request-headers": "authorization,content-type",
        },
      })
    const corsHeaders = (headers: Headers) => [...headers.keys()].filter((key) => key.startsWith("access-control-"))

    it("no origin is allowed by default", async () => {
      client = await startClient(ports)
      for (const origin of [...allowed, ...strangers]) {
        for (const answer of [
          await preflight(origin),
          await client.ask("GET", "/api/v1/tasks", { headers: { origin } }),
          await client.ask("GET", "/health", { headers: { origin } }),
        ]) {
          expect(corsHeaders(answer.headers)).toEqual([])
        }
      }
    })

    for (const corsOrigins of [allowed, allowed.slice(0, 1)]) {
      it(`exactly the ${corsOrigins.length} listed origins are allowed, without cookies`, async () => {
        client = await startClient(ports, { corsOrigins })
        const { access_token: token } = await register(client)
        for (const origin of corsOrigins) {
          const asked = await preflight(origin)
          expect(asked.status).toBe(204)
          expect(asked.headers.get("access-control-allow-origin")).toBe(origin)
          const methods = asked.headers.get("access-control-allow-methods") ?? ""
          expect(methods.split(/, ?/).sort()).toEqual(["DELETE", "GET", "HEAD", "PATCH", "POST", "QUERY"])
          const headers = asked.headers.get("access-control-allow-headers") ?? ""
          expect(headers.split(",").sort()).toEqual([
            "authorization",
            "content-type",
            "idempotency-key",
            "if-match",
            "if-none-match",
            "last-event-id",
            "mcp-method",
            "mcp-name",
            "mcp-protocol-version",
            "traceparent",
            "x-request-id",
          ])
          expect(asked.headers.get("access-control-max-age")).toBe("600")

          for (const answer of [
            await client.ask("GET", "/api/v1/tasks", { token, headers: { origin } }),
            await client.ask("GET", "/api/v1/tasks", { headers: { origin } }),
            await client.ask("POST", "/api/v1/tasks", { token, body: {}, headers: { origin } }),
            await client.ask("GET", "/api/v1/nope", { headers: { origin } }),
            await client.ask("PUT", "/api/v1/tasks", { headers: { origin } }),
          ]) {
            expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([answer.status, origin])
            expect(answer.headers.has("access-control-allow-credentials")).toBe(false)
            const exposed = answer.headers.get("access-control-expose-headers")?.split(/, ?/) ?? []
            expect(exposed).toEqual(
              expect.arrayContaining([
                "accept-query",
                "etag",
                "idempotency-replayed",
                "location",
                "ratelimit",
                "ratelimit-limit",
                "ratelimit-policy",
                "ratelimit-remaining",
                "ratelimit-reset",
                "retry-after",
                "undo-id",
                "x-request-id",
              ]),
            )
            // Caches store the responses to different origins, and to different users, separately.
            expect(answer.headers.get("vary")).toContain("Origin")
          }
          const mine = await client.ask("GET", "/api/v1/tasks", { token, headers: { origin } })
          expect(mine.headers.get("vary")).toContain("Authorization")
        }
        for (const origin of [...strangers, ...allowed.filter((each) => !corsOrigins.includes(each))]) {
          for (const answer of [await preflight(origin), await client.ask("GET", "/health", { headers: { origin } })]) {
            const allows = answer.headers.get("access-control-allow-origin")
            expect([origin, allows === origin || allows === "*"]).toEqual([origin, false])
          }
        }
      })
    }

    it("a list of origins changes nothing for requests without an origin", async () => {
      client = await startClient(ports, { corsOrigins: allowed })
      const options = await client.ask("OPTIONS", "/api/v1/tasks")
      expect([options.status, options.headers.get("allow")]).toEqual([204, "GET, HEAD, OPTIONS, POST, QUERY"])
      expect((await client.ask("OPTIONS", "/api/v1/nope")).status).toBe(404)
      expect((await client.ask("GET", "/health")).headers.has("access-control-allow-credentials")).toBe(false)
    })
  })
