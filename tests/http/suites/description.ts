/** Tests that the OpenAPI document declares every response that the service sends. */
import { Effect, Layer } from "effect"
import { afterEach, describe, expect, it } from "vitest"
import document from "../../../adapters/http/api/v1/openapi.json" with { type: "json" }
import { RateLimiter } from "../../../application/shared/RateLimiter.ts"
import { Unavailable } from "../../../application/shared/Unavailable.ts"
import { operationsOf } from "../../support/openApiOperations.ts"
import type { Problem, Registration, TaskPage } from "../Answers.ts"
import { type Client, register, type SuitePorts, startClient } from "../Client.ts"
import { exchange, request } from "../RawSocket.ts"

// Every status that an endpoint can respond with before its use case runs MUST be in its description. The client of
// these suites checks each response against the description, so sending the requests is enough.

interface Operation {
  readonly security?: ReadonlyArray<object>
  readonly requestBody?: {
    readonly content: { readonly "application/json": { readonly schema: { readonly $ref: string } } }
  }
  readonly parameters?: ReadonlyArray<{ readonly in: string; readonly name: string }>
  readonly responses: Readonly<Record<string, unknown>>
}
interface Call extends Operation {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly isLimited: boolean
  readonly needsToken: boolean
  readonly takesBody: boolean
  readonly takesParameter: boolean
  readonly isStream: boolean
}

const calls: ReadonlyArray<Call> = Object.entries(document.paths).flatMap(([path, item]) =>
  operationsOf<Operation>(item).map(([method, operation]) => ({
    ...operation,
    name: `${method} ${path}`,
    method,
    path,
    isLimited: path.startsWith("/api/v1/"),
    needsToken: (operation.security ?? []).length > 0,
    takesBody: operation.requestBody !== undefined,
    takesParameter: path.includes("{"),
    isStream: JSON.stringify(operation.responses).includes("text/event-stream"),
  })),
)

const id = "0193a5ae-3c44-7a90-b6f7-1d2c3b4a5968"
const withId = (path: string, value = id): string => path.replace(/\{\w+\}/g, value)

/** Returns the example of the endpoint's body. */
const exampleOf = ({ requestBody }: Call): unknown => {
  const name = requestBody?.content["application/json"].schema.$ref.split("/").at(-1) ?? ""
  const schemas: Readonly<Record<string, { readonly examples?: ReadonlyArray<unknown> }>> = document.components.schemas
  return schemas[name]?.examples?.[0]
}

const needsVerifiedEmail = (path: string): boolean => /tasks|categories|batch/.test(path)

/** Returns the statuses that an endpoint can respond with before its use case runs, and if the use case fails. */
const statusesOf = ({ isLimited, needsToken, parameters = [], path, takesParameter }: Call): ReadonlyArray<string> => [
  ...["400", "408", "431", "500", "501", "503"],
  ...(isLimited ? ["413", "415", "429"] : []),
  ...(needsToken ? ["401"] : []),
  ...(needsVerifiedEmail(path) ? ["403"] : []),
  ...(takesParameter ? ["404"] : []),
  ...(parameters.some(({ name }) => name === "idempotency-key") ? ["409", "422"] : []),
  ...(parameters.some(({ name }) => name === "if-match") ? ["412"] : []),
  ...(parameters.some(({ name }) => name === "if-none-match") ? ["304"] : []),
]

const withLimiter = (ports: SuitePorts, consume: typeof RateLimiter.Service.consume): SuitePorts =>
  Layer.provideMerge(Layer.succeed(RateLimiter, { consume }), ports)

export const suite = (name: string, ports: SuitePorts) =>
  describe(`the description on ${name}`, () => {
    let client: Client | undefined
    const start = async (...options: Parameters<typeof startClient>): Promise<Client> => {
      client = await startClient(...options)
      return client
    }
    afterEach(() => client?.stop())

    it("every endpoint declares every response that precedes its use case", () => {
      for (const call of calls) {
        const declared = Object.keys(call.responses)
        const missing = statusesOf(call).filter((status) => !declared.includes(status))
        expect([call.name, missing]).toEqual([call.name, []])
      }
    })

    it("every endpoint answers malformed, too large and unsupported bodies as described", async () => {
      const client = await start(ports)
      for (const { isLimited, method, name, path } of calls) {
        const start = `${method} ${withId(path)}`
        const ask = async (headers: ReadonlyArray<string>, body = "") =>
          (await exchange(client.url, request(start, headers, body)))[0]?.status
        expect([name, await ask(["Host: other"])]).toEqual([name, 400])
        expect([name, await ask(["Transfer-Encoding: gzip, chunked"], "0\r\n\r\n")]).toEqual([name, 501])
        expect([name, await ask([`X-Long: ${"x".repeat(20_000)}`])]).toEqual([name, 431])
        if (!isLimited) continue
        const json = "Content-Type: application/json"
        const tooLong = path === "/api/v1/batch" ? 512 * 1024 + 1 : 64 * 1024 + 1
        expect([name, await ask([json, `Content-Length: ${tooLong}`])]).toEqual([name, 413])
        expect([name, await ask(["Content-Type: text/plain", "Content-Length: 1"], "x")]).toEqual([name, 415])
        expect([name, await ask([json, "Content-Encoding: br", "Content-Length: 2"], "{}")]).toEqual([name, 415])
      }
    })

    it("every endpoint answers requests without a token and invalid requests as described", async () => {
      const client = await start(ports)
      const { access_token: token } = await register(client)
      for (const { isLimited, method, name, needsToken, path, takesBody, takesParameter } of calls) {
        const ask = async (at: string, shown?: string, body: object = {}) =>
          (await client.ask(method, at, { ...(takesBody && { body }), token: shown })).status
        if (needsToken) {
          expect([name, await ask(withId(path))]).toEqual([name, 401])
          expect([name, await ask(withId(path), "none")]).toEqual([name, 401])
        }
        if (isLimited) expect([name, await ask(`${withId(path)}?unknown=1`, token)]).toEqual([name, 400])
        if (takesBody) expect([name, await ask(withId(path), token, { unknown: 1 })]).toEqual([name, 400])
        if (!takesParameter) continue
        expect([name, await ask(withId(path, "no-id"), token)]).toEqual([name, 400])
        for (const noRoute of ["x".repeat(101), "%zz"]) {
          expect([name, await ask(withId(path, noRoute), token)]).toEqual([name, 404])
        }
      }
    })

    it("an unverified address, an exceeded limit, a failure and an outage are answered as described", async () => {
      const verifying = await start(ports, { isVerifiedEmailRequired: true })
      const { access_token: token } = await register(verifying)
      const limited = calls.filter(({ isLimited }) => isLimited)
      for (const { method, name, path } of limited.filter(({ path }) => needsVerifiedEmail(path))) {
        const { status } = await verifying.ask(method, withId(path), { token, ...(method !== "GET" && { body: {} }) })
        expect([name, [400, 403].includes(status)]).toEqual([name, true])
      }
      await verifying.stop()

      const quota = {
        isAllowed: false,
        limit: 1,
        windowMillis: 60_000,
        remaining: 0,
        resetAfterMillis: 60_000,
        retryAfterMillis: 60_000,
      }
      const unavailable = Effect.die(new Unavailable({ dependency: "a limiter", retryAfterMillis: 1_000 }))
      const states = [
        { status: 429, consume: Effect.succeed(quota) },
        { status: 500, consume: Effect.die(new Error("a defect")) },
        { status: 503, consume: unavailable },
      ]
      for (const { status, consume } of states) {
        const failing = await start(withLimiter(ports, () => consume))
        for (const { method, name, path, takesBody } of limited) {
          const headers = takesBody ? ["Content-Type: application/json", "Content-Length: 2"] : []
          const [answer] = await exchange(
            failing.url,
            request(`${method} ${withId(path)}`, headers, takesBody ? "{}" : ""),
          )
          expect([name, answer?.status]).toEqual([name, status])
        }
        await failing.stop()
      }
    })

    it("the examples have the right shape, and do an account no harm that was made by them", async () => {
      const { ask } = await start(ports)
      const registered = calls.find(({ name }) => name === "POST /api/v1/auth/register")
      const body = registered && exampleOf(registered)
      const { body: ada } = await ask<Registration>("POST", "/api/v1/auth/register", { body })
      await ask("POST", "/api/v1/tasks", { token: ada.access_token, body: { title: "Buy milk" } })
      // A stream would not end, and a session that has ended could send no more.
      const endings = ["POST /api/v1/auth/logout", "DELETE /api/v1/auth/sessions"]
      const sent = calls.filter(({ isStream, name }) => !isStream && !endings.includes(name))
      expect(sent.length).toBeGreaterThan(20)
      for (const call of sent) {
        const token = call.needsToken ? ada.access_token : undefined
        const { body, status } = await ask<Problem>(call.method, withId(call.path), { token, body: exampleOf(call) })
        const refused = status === 400 ? body.code : null
        expect([call.name, refused]).toEqual([
          call.name,
          expect.toSatisfy((code) => code === null || /^invalid_\w+_token$/.test(code)),
        ])
      }
      const { body: list } = await ask<TaskPage>("GET", "/api/v1/tasks", { token: ada.access_token })
      expect(list.data.map(({ title, status }) => [title, status])).toContainEqual(["Buy milk", "pending"])
    })
  })
