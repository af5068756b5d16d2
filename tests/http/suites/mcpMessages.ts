/** Tests the messages of the Model Context Protocol that no well-behaved client sends, and what surrounds them. */
import * as FastCheck from "fast-check"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { tools } from "../../../adapters/mcp/Tools.ts"
import { type Service, startService } from "../../support/http.ts"
import { register, type SuitePorts, type User } from "../Client.ts"

interface Message {
  readonly result?: { readonly isError?: boolean; readonly content: ReadonlyArray<{ readonly text: string }> }
  readonly error?: { readonly code: number }
}

const id = "0193a5ae-3c44-7a90-b6f7-1d2c3b4a5968"
const accept = "application/json, text/event-stream"
const meta = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientCapabilities": {},
}
const request = (method: string, params: object = {}) => ({ jsonrpc: "2.0", id: 1, method, params })

export const suite = (name: string, ports: SuitePorts) =>
  describe(`POST /mcp on ${name}`, () => {
    let service: Service
    let ada: User
    beforeAll(async () => {
      service = await startService(ports, {
        publicUrl: "https://tasks.example.com/",
        corsOrigins: ["https://ok.example"],
      })
      ada = await register(service)
    })
    afterAll(() => service.stop())

    const post = (body: unknown, headers: Record<string, string> = {}, token: string | undefined = ada.access_token) =>
      service.ask<Message>("POST", "/mcp", { token, body, headers: { accept, ...headers } })
    const call = (tool: string, args: unknown) =>
      post(request("tools/call", { name: tool, arguments: args }), { "mcp-protocol-version": "2025-11-25" })
    const modern = (method: string, params: object = {}, headers: Record<string, string> = {}) =>
      post(request(method, { ...params, _meta: meta }), {
        "mcp-protocol-version": "2026-07-28",
        "mcp-method": method,
        ...headers,
      })

    it("says to a client without a token, or with a wrong one, where the metadata of the resource are", async () => {
      const where = 'resource_metadata="https://tasks.example.com/.well-known/oauth-protected-resource"'
      for (const [token, challenge] of [
        [undefined, `Bearer ${where}`],
        ["wrong", `Bearer error="invalid_token", ${where}`],
      ] as const) {
        const answer = await service.ask("POST", "/mcp", { token, body: request("ping"), headers: { accept } })
        expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([401, challenge])
        expect(answer.body).toMatchObject({ code: "unauthorized" })
      }
      for (const path of ["", "/mcp"]) {
        const { body, status } = await service.ask("GET", `/.well-known/oauth-protected-resource${path}`)
        expect(status).toBe(200)
        expect(body).toEqual({
          resource: "https://tasks.example.com/mcp",
          resource_name: "Taskwright",
          scopes_supported: ["tasks:read", "tasks:write", "tasks:delete", "categories:write"],
          bearer_methods_supported: ["header"],
          resource_documentation: "https://tasks.example.com/docs",
        })
      }
    })

    it("serves pages of listed origins alone, and POST alone", async () => {
      const evil = await post(request("ping"), { origin: "https://evil.example" })
      expect([evil.status, evil.body]).toMatchObject([403, { code: "origin_not_allowed" }])
      const listed = await modern("server/discover", {}, { origin: "https://ok.example" })
      expect([listed.status, listed.headers.get("access-control-allow-origin")]).toEqual([200, "https://ok.example"])
      for (const method of ["GET", "DELETE"]) {
        const answer = await service.ask(method, "/mcp", { token: ada.access_token, headers: { accept } })
        expect([answer.status, answer.headers.get("allow")]).toEqual([405, "OPTIONS, POST"])
      }
      const preflight = await fetch(`${service.url}/mcp`, {
        method: "OPTIONS",
        headers: { origin: "https://ok.example", "access-control-request-method": "POST" },
      })
      expect(preflight.headers.get("access-control-allow-headers")).toContain("mcp-protocol-version")
    })

    it("answers faults of the protocol as the protocol has them", async () => {
      const found = [
        await modern("server/discover"),
        await modern("nope"),
        await modern("tools/call", { name: "get_task", arguments: {} }, { "mcp-name": "find_tasks" }),
        await modern("tools/list", {}, { "mcp-method": "tools/call" }),
        await modern("tools/call", { name: "none", arguments: {} }, { "mcp-name": "none" }),
        await post(request("tools/list"), { "mcp-protocol-version": "2099-01-01" }),
        await post(request("tools/list"), { "mcp-protocol-version": "2025-06-18", "mcp-session-id": id }),
        await post("text"),
        await post(Array.from({ length: 11 }, () => request("ping"))),
        await service.ask<Message>("POST", "/mcp", { token: ada.access_token, raw: "{", headers: { accept } }),
        await service.ask<Message>("POST", "/mcp", {
          token: ada.access_token,
          raw: `${"[".repeat(40)}${"]".repeat(40)}`,
          headers: { accept },
        }),
      ]
      expect(found.map(({ body, status }) => [status, body?.error?.code])).toEqual([
        [200, undefined],
        [404, -32601],
        [400, -32020],
        [400, -32020],
        [200, -32602],
        [400, -32022],
        [404, undefined],
        [200, -32600],
        [400, -32600],
        [400, -32700],
        [400, -32700],
      ])
      expect(found[0]?.headers.get("cache-control")).toBe("no-store")
    })

    it("refuses several messages that it could not answer one by one", async () => {
      const ping = request("ping")
      const list = request("tools/call", { name: "list_categories", arguments: {} })
      for (const messages of [
        [list, list],
        [list, ping],
        [{ ...list, id: null }, list],
        [{ ...list, id: {} }],
        [null],
        [[list], { ...list, id: 2 }],
        ["text", list],
      ]) {
        const { body, status } = await post(messages)
        expect([status, body?.error?.code], JSON.stringify(messages)).toEqual([400, -32600])
      }
      const several = await post([list, { ...list, id: "1" }, { jsonrpc: "2.0", method: "notifications/initialized" }])
      // Their order is free.
      expect([several.status, several.body]).toMatchObject([
        200,
        expect.arrayContaining([expect.objectContaining({ id: 1 }), expect.objectContaining({ id: "1" })]),
      ])
      expect(several.body).toHaveLength(2)
    })

    it("refuses other media types and large bodies before it reads them", async () => {
      const json = await post(request("ping"), { accept: "application/json" })
      expect([json.status, json.body]).toMatchObject([406, { code: "not_acceptable" }])
      const text = await post(request("ping"), { "content-type": "text/plain" })
      expect(text.status).toBe(415)
      const large = await service.ask("POST", "/mcp", {
        token: ada.access_token,
        raw: JSON.stringify(request("ping", { text: "x".repeat(600_000) })),
        headers: { accept },
      })
      expect(large.status).toBe(413)
    })

    it("answers any arguments without a fault, and never with an answer that is too long", async () => {
      const names = tools.map((tool) => tool.name)
      const member = FastCheck.constantFrom(
        ...new Set(tools.flatMap(({ inputSchema }) => Object.keys(inputSchema["properties"] as object))),
        "__proto__",
        "constructor",
      )
      const value = FastCheck.oneof(
        FastCheck.jsonValue({ maxDepth: 3 }),
        FastCheck.constantFrom(id, [id], true, null, "\ud800", "\0", "2099-01-01T00:00:00Z", 1e308, -1, [
          { id, version: 1 },
        ]),
        FastCheck.constantFrom([{ title: "x".repeat(5000) }], [{ title: "Buy milk", categories: ["\u202e"] }]),
      )
      const args = FastCheck.oneof(value, FastCheck.dictionary(member, value, { maxKeys: 6 }))
      await FastCheck.assert(
        FastCheck.asyncProperty(FastCheck.constantFrom(...names), args, async (tool, given) => {
          const { body, status, text } = await call(tool, given)
          expect([status, text.length < 60_000]).toEqual([200, true])
          const { content = [], isError } = body.result ?? {}
          const { code } = isError === true ? JSON.parse(content[0]?.text ?? "").error : { code: null }
          expect(["internal_error", "unavailable"]).not.toContain(code)
          // The library refuses arguments that are no object, with the code for wrong parameters.
          expect([undefined, -32602]).toContain(body.error?.code)
        }),
        { numRuns: 300 },
      )
    }, 120_000)

    it("names each mistake of the arguments, and what is too much", async () => {
      const { body } = await call("change_tasks", { changes: [{ id: "x", version: 0, more: 1 }], other: 2 })
      const { error } = JSON.parse(body.result?.content[0]?.text ?? "")
      expect(error.code).toBe("validation_failed")
      expect(error.errors.map(({ path }: { path: string }) => path).sort()).toEqual([
        "changes.0.id",
        "changes.0.more",
        "changes.0.version",
        "other",
      ])
      const many = await call("add_tasks", { tasks: Array.from({ length: 5_000 }, () => ({ title: "Buy milk" })) })
      expect(JSON.parse(many.body.result?.content[0]?.text ?? "").error.errors).toHaveLength(1)
      const twice = await call("delete_tasks", { ids: [id, id] })
      expect(JSON.parse(twice.body.result?.content[0]?.text ?? "").error.errors).toEqual([
        { path: "ids.1", message: "must not name a task twice" },
      ])
    })

    it("counts the tasks of a call under the rate limit of the user", async () => {
      const limited = await startService(ports, { userLimit: { limit: 100, windowMillis: 60_000 } })
      const { access_token } = await register(limited)
      const ask = (params: object) =>
        limited.ask("POST", "/mcp", { token: access_token, body: request("tools/call", params), headers: { accept } })
      const left = async (params: object) => Number((await ask(params)).headers.get("ratelimit-remaining"))
      const before = await left({ name: "find_tasks", arguments: {} })
      const after = await left({ name: "delete_tasks", arguments: { ids: Array.from({ length: 25 }, () => id) } })
      expect(before - after).toBe(4)
      await limited.stop()
    })
  })
