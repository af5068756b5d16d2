/** Holds processes on one database, without Redis, to revoked API tokens, to their last use, and to their secrets. */
import { Effect, Exit, Layer, Redacted, Scope } from "effect"
import { afterAll, beforeAll, expect, it } from "vitest"
import type { TokenResource } from "../../adapters/http/api/v1/TokenResource.ts"
import * as PostgresClient from "../../adapters/postgres/client/PostgresClient.ts"
import { everyRow } from "../support/everyTable.ts"
import { describeOnPostgres, emptySchema, TestSchema } from "../support/postgres.ts"
import { type ServerProcess, startServer } from "../support/serverProcess.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"

interface Reply {
  readonly status: number
  readonly body: {
    readonly access_token: string
    readonly secret: string
    readonly token: TokenResource
    readonly data: ReadonlyArray<TokenResource>
  }
}

/** Long enough for a machine that runs other tests beside it. */
const patient = { timeout: 60_000, interval: 10 }

const processCount = 3
/** How many clients send requests to each process, without a pause. */
const clientsOfEach = 4

describeOnPostgres("processes that share a database", () => {
  const scope = Scope.makeUnsafe()
  const servers: Array<ServerProcess> = []
  let start: () => Promise<ServerProcess>
  let rows: () => Promise<string>

  beforeAll(async () => {
    await Effect.gen(function* () {
      const { urlOfSchema } = yield* TestSchema
      const wide = { RATE_LIMIT_IP: "1000000", RATE_LIMIT_USER: "1000000" }
      const settings = { ...wide, DATA_DIR: yield* temporaryFolder, DATABASE_URL: Redacted.value(urlOfSchema) }
      start = () => startServer(settings)
      rows = () =>
        everyRow.pipe(
          Effect.map((contents) => JSON.stringify(contents)),
          Effect.provide(PostgresClient.layer({ url: urlOfSchema })),
          Effect.runPromise,
        )
      yield* Effect.addFinalizer(() => Effect.promise(() => Promise.all(servers.map(({ end }) => end("SIGKILL")))))
      servers.push(yield* Effect.promise(start))
      for (let more = 1; more < processCount; more++) servers.push(yield* Effect.promise(start))
    }).pipe(
      (run) => Effect.flatMap(Layer.buildWithScope(emptySchema, scope), (context) => Effect.provide(run, context)),
      Scope.provide(scope),
      Effect.runPromise,
    )
  })
  afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))

  const at = (process: number): ServerProcess => {
    const server = servers[process]
    if (server === undefined) throw new Error(`There is no process ${process}.`)
    return server
  }
  const ask = async (process: number, method: string, path: string, token?: string, body?: object): Promise<Reply> => {
    const response = await fetch(`${at(process).url}/api/v1${path}`, {
      method,
      headers: {
        "content-type": "application/json",
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: text === "" ? {} : JSON.parse(text) } as Reply
  }
  const register = async () => {
    const account = { email: `user${Math.random()}@example.com`, password: "Correct Horse 1", full_name: "Ada" }
    return (await ask(0, "POST", "/auth/register", undefined, account)).body.access_token
  }
  const create = async (session: string) => {
    const answer = await ask(0, "POST", "/tokens", session, { name: "a program", scopes: ["tasks:read"] })
    expect(answer.status).toBe(201)
    return answer.body
  }
  const everywhere = <A>(look: (server: ServerProcess, process: number) => A) => servers.map(look)

  it("all refuse a token under load soon after one revokes it, and none accepts it again", async () => {
    const session = await register()
    const { secret, token } = await create(session)
    const other = await create(session)
    const statuses = Array.from({ length: processCount }, (): Array<number> => [])
    const afterRefusal = new Set<number>()
    let isLoaded = true
    const load = Promise.all(
      statuses.flatMap((ofProcess, process) =>
        Array.from({ length: clientsOfEach }, async () => {
          while (isLoaded) {
            // A request that is sent after a refusal is one that was sent after the revocation.
            const isAfterRefusal = ofProcess.includes(401)
            const { status } = await ask(process, "GET", "/tasks", secret)
            if (isAfterRefusal) afterRefusal.add(status)
            ofProcess.push(status)
          }
        }),
      ),
    )
    await expect.poll(() => statuses.map((seen) => seen.length > 20), patient).toEqual([true, true, true])
    expect((await ask(0, "DELETE", `/tokens/${token.id}`, session)).status).toBe(204)
    // The process that revoked it refuses every request that it gets from now on.
    expect((await ask(0, "GET", "/tasks", secret)).status).toBe(401)
    await expect.poll(() => statuses.map((seen) => seen.at(-1)), patient).toEqual([401, 401, 401])
    const counts = statuses.map((seen) => seen.length)
    const isFurther = () => statuses.every((seen, process) => seen.length > (counts[process] ?? 0) + 50)
    await expect.poll(isFurther, patient).toBe(true)
    isLoaded = false
    await load
    // A request that was sent before can be answered after others.
    for (const seen of statuses) expect(new Set(seen)).toEqual(new Set([200, 401]))
    expect(afterRefusal).toEqual(new Set([401]))
    expect(await Promise.all(everywhere((_, process) => ask(process, "GET", "/tasks", other.secret)))).toMatchObject([
      { status: 200 },
      { status: 200 },
      { status: 200 },
    ])
  })

  it("all refuse the tokens of a deleted account", async () => {
    const session = await register()
    const { secret } = await create(session)
    const statuses = () =>
      Promise.all(everywhere(async (_, process) => (await ask(process, "GET", "/tasks", secret)).status))
    expect(await statuses()).toEqual([200, 200, 200])
    expect((await ask(1, "DELETE", "/users/me", session, { password: "Correct Horse 1" })).status).toBe(204)
    await expect.poll(statuses, patient).toEqual([401, 401, 401])
  })

  it("store the hash of a secret, and nothing else of it but its beginning", async () => {
    const { secret, token } = await create(await register())
    await ask(0, "GET", "/tasks", secret)
    const stored = await rows()
    expect(stored).toContain(token.id)
    expect(stored).toContain(token.prefix)
    expect(stored).not.toContain(secret.slice(token.prefix.length))
    for (const server of servers) expect(server.output()).not.toContain(secret.slice(token.prefix.length))
  })

  it("read a token once, however many requests send it", async () => {
    const { secret } = await create(await register())
    const lookups = async () => {
      const text = await (await fetch(`${at(0).url}/metrics`)).text()
      const series =
        /^taskwright_database_statement_duration_seconds_count\{statement="api_tokens\.select_by_hash"\} (\d+)$/m
      return Number(series.exec(text)?.[1])
    }
    expect((await ask(0, "GET", "/tasks", secret)).status).toBe(200)
    const before = await lookups()
    for (let requests = 0; requests < 50; requests++) await ask(0, "GET", "/tasks", secret)
    expect(before).toBeGreaterThan(0)
    expect(await lookups()).toBe(before)
  })

  it("store the last use of a token before they stop", async () => {
    const session = await register()
    const { secret } = await create(session)
    servers.push(await start())
    const last = servers.length - 1
    expect((await ask(last, "GET", "/tasks", secret)).status).toBe(200)
    expect(await at(last).end("SIGTERM")).toBe(0)
    servers.pop()
    expect((await ask(0, "GET", "/tokens", session)).body.data[0]?.last_used_at).not.toBe(null)
  })
})
