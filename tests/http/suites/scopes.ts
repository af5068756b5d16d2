/** Tests every endpoint with an API token of each single scope. */

import type { HttpApiEndpoint } from "effect/http-api"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { Api } from "../../../adapters/http/api/v1/Api.ts"
import { Authentication } from "../../../adapters/http/api/v1/Authentication.ts"
import { isObject } from "../../../adapters/http/api/v1/OpenApiSchemas.ts"
import document from "../../../adapters/http/api/v1/openapi.json" with { type: "json" }
import { type Scope, scopes } from "../../../domain/accounts/Scope.ts"
import type { Problem, TaskResponse, TokenResponse } from "../Answers.ts"
import { type Client, createToken, register, type SuitePorts, startClient, type User } from "../Client.ts"

/** A request that its endpoint accepts, and the scope that it needs; null if only a session may send it. */
interface ScopedCall {
  readonly scope: Scope | null
  readonly body?: object
}

const [R, W, D, C] = ["tasks:read", "tasks:write", "tasks:delete", "categories:write"] as const
const version = 1
const password = "Correct Horse 1"

/** What the contract says of every endpoint that needs a token. */
const expected: Readonly<Record<string, ScopedCall>> = {
  "POST /api/v1/auth/logout": { scope: null },
  "POST /api/v1/auth/change-password": { scope: null, body: { current_password: password, new_password: password } },
  "GET /api/v1/auth/sessions": { scope: null },
  "DELETE /api/v1/auth/sessions": { scope: null },
  "DELETE /api/v1/auth/sessions/{session_id}": { scope: null },
  "GET /api/v1/users/me": { scope: null },
  "PATCH /api/v1/users/me": { scope: null, body: { full_name: "Mallory" } },
  "DELETE /api/v1/users/me": { scope: null, body: { password } },
  "POST /api/v1/tokens": { scope: null, body: { name: "another", scopes: ["tasks:read"] } },
  "GET /api/v1/tokens": { scope: null },
  "DELETE /api/v1/tokens/{token_id}": { scope: null },
  "POST /api/v1/tasks": { scope: W, body: { title: "Buy milk" } },
  "GET /api/v1/tasks": { scope: R },
  "QUERY /api/v1/tasks": { scope: R, body: { filter: "milk" } },
  "GET /api/v1/tasks/{task_id}": { scope: R },
  "PATCH /api/v1/tasks/{task_id}": { scope: W, body: { version, title: "Buy oat milk" } },
  "DELETE /api/v1/tasks/{task_id}": { scope: D },
  "POST /api/v1/tasks/{task_id}/restore": { scope: W },
  "GET /api/v1/tasks/{task_id}/history": { scope: R },
  "POST /api/v1/tasks/{task_id}/categories/{category_id}": { scope: W },
  "DELETE /api/v1/tasks/{task_id}/categories/{category_id}": { scope: W },
  "POST /api/v1/categories": { scope: C, body: { name: "Garden" } },
  "GET /api/v1/categories": { scope: R },
  "PATCH /api/v1/categories/{category_id}": { scope: C, body: { version, name: "Home" } },
  "DELETE /api/v1/categories/{category_id}": { scope: C },
  "POST /api/v1/categories/{category_id}/restore": { scope: C },
  "GET /api/v1/changes": { scope: R },
  "GET /api/v1/changes/stream": { scope: R },
  "GET /api/v1/history": { scope: R },
  "POST /api/v1/undo": { scope: W, body: { batch_id: "ffffffff-ffff-7fff-bfff-ffffffffffff" } },
  "GET /api/v1/trash": { scope: R },
  "DELETE /api/v1/trash": { scope: null },
  "DELETE /api/v1/trash/{task_id}": { scope: null },
  "POST /api/v1/batch": { scope: W, body: { operations: [{ op: "create_task", task: { title: "Buy milk" } }] } },
}

const documented: Readonly<Record<string, unknown>> = document.paths

/** Returns what the document says of the operation; null if it is not there. OpenAPI 3.1 has no method QUERY. */
const operationOf = (path: string, method: string) => {
  const item = documented[path]
  const operation = isObject(item) ? item[method.toLowerCase()] : undefined
  return isObject(operation) ? operation : null
}

/** Every endpoint that needs a token, by its method and path, with what the document says of it. */
const endpoints = Object.values(Api.groups)
  .flatMap((group) => Object.values(group.endpoints as Readonly<Record<string, HttpApiEndpoint.Top>>))
  .filter(({ middlewares }) => middlewares.has(Authentication))
  .map(({ method, path }) => {
    const template = path.replaceAll(/:(\w+)/g, "{$1}")
    return { call: `${method} ${template}`, operation: operationOf(template, method) }
  })

export const suite = (name: string, ports: SuitePorts) =>
  describe(`scopes on ${name}`, () => {
    let client: Client
    let ada: User
    const tokens = new Map<Scope, TokenResponse>()
    beforeAll(async () => {
      client = await startClient(ports)
      ada = await register(client)
      for (const scope of scopes) tokens.set(scope, await createToken(client, ada, [scope]))
    })
    afterAll(() => client.stop())

    const send = async (call: string, secret: string, body: object | undefined, headers?: Record<string, string>) => {
      const [method = "", path = ""] = call.split(" ")
      const target = path.replaceAll(/\{\w+\}/g, "0193a5ae-3c44-7a90-b6f7-1d2c3b4a5968")
      return client.ask<Problem>(method, target, { token: secret, body, headers })
    }
    const secretOf = (scope: Scope) => tokens.get(scope)?.secret ?? ""

    it("every endpoint that needs a token declares which API tokens may call it", () => {
      expect(endpoints.map(({ call }) => call).toSorted()).toEqual(Object.keys(expected).toSorted())
      for (const { call, operation } of endpoints) {
        if (operation === null) {
          expect(call).toMatch(/^QUERY /)
          continue
        }
        // A batch has the scopes of its operations.
        const scope = call === "POST /api/v1/batch" ? undefined : (expected[call]?.scope ?? undefined)
        expect([call, operation["x-required-scope"], operation["x-session-required"]]).toEqual([
          call,
          scope,
          expected[call]?.scope === null ? true : undefined,
        ])
      }
    })

    it.each(Object.entries(expected))("%s takes tokens with its scope only", async (call, { body, scope }) => {
      for (const given of scopes) {
        // A stream that is opened would not end: it is refused for what it accepts, after the scope was checked.
        const isStream = call.endsWith("/stream")
        const answer = await send(call, secretOf(given), body, isStream ? { accept: "text/html" } : undefined)
        const { status } = answer
        const { code, required_scope } = answer.body ?? {}
        const challenge = answer.headers.get("www-authenticate")
        if (scope === null) {
          expect([call, given, status, code, challenge]).toEqual([call, given, 403, "session_required", null])
        } else if (given === scope) {
          expect([call, given, [200, 201, 204, 404, 406]]).toEqual([call, given, expect.arrayContaining([status])])
        } else {
          expect([call, given, status, code, required_scope]).toEqual([call, given, 403, "insufficient_scope", scope])
          expect(challenge).toBe(`Bearer error="insufficient_scope", scope="${scope}"`)
        }
      }
    })

    it("a session may call them all, and none of the refused calls has done anything", async () => {
      for (const path of ["users/me", "auth/sessions", "tokens", "tasks", "trash"]) {
        expect((await client.ask("GET", `/api/v1/${path}`, { token: ada.access_token })).status).toBe(200)
      }
      const { body } = await client.ask<{ user: { full_name: string } }>("GET", "/api/v1/users/me", {
        token: ada.access_token,
      })
      expect(body.user.full_name).toBe("Ada Lovelace")
      const listed = await client.ask<{ data: Array<unknown> }>("GET", "/api/v1/tokens", { token: ada.access_token })
      expect(listed.body.data).toHaveLength(scopes.length)
    })

    it("a request of the wrong shape is refused for that, before its scope is checked", async () => {
      for (const [call, body] of [
        ["POST /api/v1/tasks", { title: "x" }],
        ["POST /api/v1/tokens", { name: "" }],
        ["POST /api/v1/batch", { operations: [] }],
        ["GET /api/v1/tasks?limit=0", undefined],
      ] as const) {
        const answer = await send(call, secretOf("webhooks"), body)
        expect([call, answer.status, answer.body.code]).toEqual([call, 400, "validation_failed"])
      }
    })

    it("a batch needs the scope of each of its operations, and does nothing without one", async () => {
      const { body } = await client.ask<TaskResponse>("POST", "/api/v1/tasks", {
        token: ada.access_token,
        body: { title: "Keep this" },
      })
      const id = body.task.id
      const create = { op: "create_task", task: { title: "Not created" } }
      const operations = [
        create,
        { op: "delete_task", task_id: id },
        { op: "create_category", category: { name: "New" } },
      ]
      const run = async (given: ReadonlyArray<Scope>, listed: ReadonlyArray<object>) => {
        const { secret } = await createToken(client, ada, given)
        return client.ask<Problem>("POST", "/api/v1/batch", {
          token: secret,
          body: { operations: listed, dry_run: true },
        })
      }
      const refused = await run([W], operations)
      expect([refused.status, refused.body.code, refused.body.required_scope]).toEqual([403, "insufficient_scope", D])
      expect(refused.headers.get("www-authenticate")).toBe(`Bearer error="insufficient_scope", scope="${D} ${C}"`)
      expect((await run([W, D], operations)).body.required_scope).toBe(C)
      expect((await run([W, D, C], operations)).status).toBe(200)
      expect((await run([D], operations.slice(1, 2))).status).toBe(200)
      expect((await run([C], operations.slice(2))).status).toBe(200)
      expect((await run([R], [create])).body.required_scope).toBe(W)
      for (const [op, needed] of [
        [{ op: "update_task", task_id: id, version, task: { title: "Changed" } }, W],
        [{ op: "restore_task", task_id: id }, W],
        [{ op: "assign_category", task_id: id, category_id: id }, W],
        [{ op: "remove_category", task_id: id, category_id: id }, W],
        [{ op: "update_category", category_id: id, version, category: { name: "Other" } }, C],
        [{ op: "delete_category", category_id: id }, C],
        [{ op: "restore_category", category_id: id }, C],
      ] as const) {
        expect([op.op, (await run(["webhooks"], [op])).body.required_scope]).toEqual([op.op, needed])
      }
    })
  })
