/** Holds the client's failures to texts without passwords and tokens. */
import { inspect } from "node:util"
import { Cause, Effect, Exit } from "effect"
import { HttpClient, type HttpClientRequest, HttpClientResponse } from "effect/http"
import { expect, it } from "vitest"
import { makeClient, memoryTokenStore } from "../../../../adapters/http/client/index.ts"
import { startScript } from "../../../support/ChildProcess.ts"
import { failureOf, startOther, watchedClient } from "./WatchedClient.ts"

const tokens = { access_token: "SECRET-access", refresh_token: "SECRET-refresh" }
const payload = { email: "ada@example.com", password: "SECRET-password" }

/** The failures of calls that carry a password or a token. */
const failuresAt = (url: string) => {
  const { client } = watchedClient({ url, maxRetries: 0, tokens: memoryTokenStore(tokens) })
  return Promise.all([
    failureOf(client.auth.logIn({ payload })),
    failureOf(client.users.getMe()),
    failureOf(client.users.deleteAccount({ payload })),
  ])
}

it("what fails shows no password and no token, however it is printed", async () => {
  // The server responds to a login with tokens that the client cannot decode, and closes all other connections.
  const server = await startOther((request, response) => {
    if (request.url !== "/api/v1/auth/login") return response.destroy()
    response.writeHead(200, { "content-type": "application/json" })
    return response.end(JSON.stringify({ ...tokens, access_token: [tokens.access_token] }))
  })
  const failures = await failuresAt(server.url)
  await server.stop()
  expect(failures.map(({ code }) => code)).toEqual(["unexpected_response", "network_error", "network_error"])
  for (const failure of failures) {
    const printed = [
      inspect(failure, { depth: 20 }),
      inspect(failure, { depth: 20, customInspect: false, showHidden: true }),
      JSON.stringify(failure),
      Cause.pretty(Cause.fail(failure)),
      String(failure),
    ]
    // The bytes of a body would show the secret too.
    for (const text of printed) expect(text).not.toMatch(/SECRET|83,\s*69,\s*67|53 45 43/)
  }
})

it.each(["custom", "plain"])(
  "a program that crashes by an error of the client prints no secret (%s inspection)",
  async (inspection) => {
    // The server responds to a login with tokens that the client cannot decode, and closes all other
    // connections.
    const server = await startOther((request, response) => {
      if (request.url !== "/api/v1/auth/login") return response.destroy()
      response.writeHead(200, { "content-type": "application/json" })
      return response.end(JSON.stringify({ ...tokens, access_token: [tokens.access_token] }))
    })
    const gone = await startOther(() => undefined)
    await gone.stop()
    const crash = (url: string, call: string) =>
      Effect.gen(function* () {
        const script = yield* startScript("crashWithSecrets.script.ts", url, call, inspection)
        yield* script.printed(Number.POSITIVE_INFINITY)
        return script.errors()
      }).pipe(Effect.scoped, Effect.runPromise)
    const reports = [await crash(server.url, "logIn"), await crash(server.url, "getMe"), await crash(gone.url, "logIn")]
    await server.stop()
    // The call and the reason of its failure stay in the report, because they help to find the fault.
    expect(reports[0]).toContain("POST /api/v1/auth/login")
    expect(reports[1]).toContain("GET /api/v1/users/me")
    expect(reports[2]).toContain("POST /api/v1/auth/login")
    expect(reports[2]).toContain("ECONNREFUSED")
    for (const report of reports) expect(report).not.toMatch(/SECRET|83,\s*69,\s*67|53 45 43/)
  },
)

const holding = (request: HttpClientRequest.HttpClientRequest) =>
  Object.assign(new Error(`failed: ${JSON.stringify(request.headers)}`), { request, code: "ECONNRESET" })

/** Replacements for `fetch` with errors that hold the request, as those of some libraries do. */
const brokenClients: ReadonlyArray<readonly [name: string, client: HttpClient.HttpClient]> = [
  ["dies", HttpClient.make((request) => Effect.die(holding(request)))],
  ["rejects", HttpClient.make((request) => Effect.promise(() => Promise.reject(holding(request))))],
  [
    "throws",
    HttpClient.make((request) => {
      throw holding(request)
    }),
  ],
  // The types forbid this, but a program in JavaScript or with a cast may do it.
  ["fails otherwise", HttpClient.make((request) => Effect.fail(holding(request) as never))],
  [
    "breaks in the body",
    HttpClient.make((request) =>
      Effect.succeed(
        HttpClientResponse.fromWeb(
          request,
          new Response(new ReadableStream({ pull: (controller) => controller.error(holding(request)) })),
        ),
      ),
    ),
  ],
]

it.each(brokenClients)("an HTTP client that %s shows no password and no token", async (_, httpClient) => {
  const client = Effect.runSync(
    makeClient({ url: "http://127.0.0.1:9", maxRetries: 0, tokens: memoryTokenStore(tokens) }).pipe(
      Effect.provideService(HttpClient.HttpClient, httpClient),
    ),
  )
  const calls: ReadonlyArray<Effect.Effect<unknown, unknown>> = [client.auth.logIn({ payload }), client.users.getMe()]
  for (const call of calls) {
    const exit = await Effect.runPromiseExit(call)
    if (Exit.isSuccess(exit)) throw new Error("it succeeded")
    const printed = [
      inspect(exit, { depth: 20 }),
      inspect(exit, { depth: 20, customInspect: false, showHidden: true }),
      JSON.stringify(exit),
      Cause.pretty(exit.cause),
    ]
    for (const text of printed) expect(text).not.toMatch(/SECRET|83,\s*69,\s*67|53 45 43/)
    expect(Cause.squash(exit.cause)).toMatchObject({ code: "network_error", reason: "ECONNRESET" })
  }
})

it("no redirect is followed, for it would show the password and the tokens to another host", async () => {
  const shown: Array<string | undefined> = []
  const elsewhere = await startOther((request, response) => {
    shown.push(request.url)
    response.end()
  })
  const server = await startOther((_, response) => {
    response.writeHead(307, { location: `${elsewhere.url}/stolen` })
    response.end()
  })
  const failures = await failuresAt(server.url)
  await server.stop()
  await elsewhere.stop()
  expect(failures.map(({ code }) => code)).toEqual([
    "unexpected_response",
    "unexpected_response",
    "unexpected_response",
  ])
  expect(shown).toEqual([])
})
