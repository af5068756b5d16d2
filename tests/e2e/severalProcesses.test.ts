/** Holds two processes on one database and one Redis to shared limits and sessions. */
import { Effect, Exit, Layer, Redacted, Scope } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { describeOnPostgres, emptySchema, TestSchema } from "../support/postgres.ts"
import {
  describeWithRedisServer,
  makeRedisServer,
  type RedisServer,
  startRedisCluster,
  startRedisServer,
} from "../support/RedisServer.ts"
import { type ServerProcess, startServer } from "../support/serverProcess.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"

interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly body: { readonly code?: string; readonly access_token: string; readonly refresh_token: string }
}

interface Ask {
  readonly token?: string
  readonly body?: object
}

/** The processes of one installation, with one database and one Redis. */
interface Installation {
  /** Sends requests to the processes in turn, as a load balancer does. */
  readonly ask: (method: string, path: string, ask?: Ask) => Promise<Reply>
  readonly askAt: (process: 0 | 1, method: string, path: string, ask?: Ask) => Promise<Reply>
  readonly servers: ReadonlyArray<ServerProcess>
  readonly restart: (process: 0 | 1) => Promise<void>
}

const send = async (
  { url }: ServerProcess,
  method: string,
  path: string,
  { body, token }: Ask = {},
): Promise<Reply> => {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    body: (text === "" ? {} : JSON.parse(text)) as Reply["body"],
  }
}

/** Starts two processes that share the stores that the settings name. They end with the scope. */
const startInstallation = Effect.fnUntraced(function* (redisUrl: string, settings: Record<string, string> = {}) {
  const { urlOfSchema } = yield* TestSchema
  // They share the key that signs tokens, too.
  const folder = yield* temporaryFolder
  const all = { DATABASE_URL: Redacted.value(urlOfSchema), REDIS_URL: redisUrl, DATA_DIR: folder, ...settings }
  const start = () => startServer(all)
  const first = yield* Effect.promise(start)
  const servers = [first, yield* Effect.promise(start)]
  yield* Effect.addFinalizer(() => Effect.promise(() => Promise.all(servers.map((server) => server.end("SIGKILL")))))
  const at = (process: number) => servers[process % 2] ?? first
  let turns = 0
  const installation: Installation = {
    servers,
    ask: (method, path, ask) => send(at(turns++), method, path, ask),
    askAt: (process, method, path, ask) => send(at(process), method, path, ask),
    restart: async (process) => {
      await at(process).end("SIGKILL")
      servers[process] = await start()
    },
  }
  return installation
})

const onSchema = <A, E>(make: Effect.Effect<A, E, TestSchema | Scope.Scope>, scope: Scope.Scope) =>
  Effect.flatMap(Layer.buildWithScope(emptySchema, scope), (context) => Effect.provide(make, context)).pipe(
    Scope.provide(scope),
    Effect.runPromise,
  )

const password = "Correct Horse 1"
let users = 0

const register = async ({ ask }: Installation) => {
  const email = `user${++users}@example.com`
  const answer = await ask("POST", "/api/v1/auth/register", { body: { email, password, full_name: "Ada Lovelace" } })
  expect(answer.status).toBe(201)
  return { email, ...answer.body }
}

const logIn = ({ ask }: Installation, email: string, offered = password) =>
  ask("POST", "/api/v1/auth/login", { body: { email, password: offered } })

const count = (replies: ReadonlyArray<Reply>): Record<number, number> => {
  const counts: Record<number, number> = {}
  for (const { status } of replies) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

/**
 * More requests at once keep a process so busy that it does not read the responses of Redis in time. Then it counts by
 * itself, and the limits of the two processes add up.
 */
const mostAtOnce = 40

const many = async <A>(times: number, action: (index: number) => Promise<A>): Promise<ReadonlyArray<A>> => {
  const results: Array<A> = []
  while (results.length < times) {
    const length = Math.min(mostAtOnce, times - results.length)
    results.push(...(await Promise.all(Array.from({ length }, (_, index) => action(results.length + index)))))
  }
  return results
}

/** How often a process has lost sight of Redis. It counts by itself then, and the limits of the processes add up. */
const outagesOf = ({ servers }: Installation): number =>
  servers.flatMap(({ output }) => output().match(/Redis at \S+ is away/g) ?? []).length

const maximumUsers = 10

/** Counts the statuses of the requests of a new user: of another one if a busy machine cut a process off from Redis. */
const countOfNewUser = async (
  installation: Installation,
  requests: number,
  users = 1,
): Promise<{ readonly statuses: Record<number, number>; readonly users: number }> => {
  const { access_token: token } = await register(installation)
  const outages = outagesOf(installation)
  const statuses = count(await many(requests, () => installation.ask("GET", "/api/v1/users/me", { token })))
  return outagesOf(installation) === outages || users === maximumUsers
    ? { statuses, users }
    : countOfNewUser(installation, requests, users + 1)
}

const suites = (name: string, redis: Effect.Effect<string, never, Scope.Scope>) =>
  describe(`two processes on ${name}`, () => {
    const scope = Scope.makeUnsafe()
    let strict: Installation
    let generous: Installation
    let lenient: Installation

    beforeAll(async () => {
      ;[strict, generous, lenient] = await onSchema(
        Effect.gen(function* () {
          const url = yield* redis
          const wide = { RATE_LIMIT_IP: "100000", RATE_LIMIT_USER: "100000" }
          // The first one migrates the database. The others then start side by side.
          const first = yield* startInstallation(url, { REDIS_KEY_PREFIX: "strict:", RATE_LIMIT_IP: "20" })
          const others = [
            startInstallation(url, { REDIS_KEY_PREFIX: "generous:", ...wide }),
            startInstallation(url, { REDIS_KEY_PREFIX: "generous:", REFRESH_REUSE_LEEWAY: "10 seconds", ...wide }),
          ] as const
          return [first, ...(yield* Effect.all(others, { concurrency: "unbounded" }))] as const
        }),
        scope,
      )
    })
    afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))

    const me = (installation: Installation, process: 0 | 1, token: string) =>
      installation.askAt(process, "GET", "/api/v1/users/me", { token })
    const refresh = (installation: Installation, process: 0 | 1, refresh_token: string) =>
      installation.askAt(process, "POST", "/api/v1/auth/refresh", { body: { refresh_token } })
    /** Waits up to the second within which the other process must know. */
    const isSignedOutAt = (installation: Installation, process: 0 | 1, token: string) =>
      expect
        .poll(async () => (await me(installation, process, token)).status, { timeout: 1_000, interval: 50 })
        .toBe(401)

    it("let 100 of 1,000 requests of one user through, and 20 of 40 that show no token", async () => {
      const { statuses, users } = await countOfNewUser(strict, 1_000)
      expect(statuses).toEqual({ 200: 100, 429: 900 })
      // The registrations were the first of these requests.
      const unknown = await many(40 - users, () => strict.ask("GET", "/api/v1/users/me"))
      expect(count(unknown)).toEqual({ 401: 20 - users, 429: 20 })
    })

    it("lock a pair after five wrong passwords over both", async () => {
      const { email } = await register(generous)
      for (let failure = 1; failure <= 5; failure++) {
        expect((await logIn(generous, email, `Wrong horse ${failure}`)).body.code).toBe("invalid_credentials")
      }
      for (const _ of [0, 1]) {
        const locked = await logIn(generous, email)
        expect([locked.status, locked.body.code]).toEqual([429, "too_many_attempts"])
        expect(Number(locked.headers.get("retry-after"))).toBeGreaterThan(0)
      }
    })

    it("end a session on both when a replaced refresh token comes back to the other", async () => {
      const stolen = await register(generous)
      const successor = (await refresh(generous, 0, stolen.refresh_token)).body
      expect((await me(generous, 1, successor.access_token)).status).toBe(200)
      expect((await refresh(generous, 1, stolen.refresh_token)).body.code).toBe("invalid_refresh_token")
      expect((await refresh(generous, 0, successor.refresh_token)).body.code).toBe("invalid_refresh_token")
      expect((await me(generous, 1, successor.access_token)).status).toBe(401)
      await isSignedOutAt(generous, 0, successor.access_token)
      await isSignedOutAt(generous, 0, stolen.access_token)
    })

    it("give at most one of 20 simultaneous refreshes a successor", async () => {
      const { refresh_token } = await register(generous)
      const answers = await many(20, (index) => refresh(generous, index % 2 === 0 ? 0 : 1, refresh_token))
      const counts = count(answers)
      expect((counts[200] ?? 0) <= 1 && (counts[200] ?? 0) + (counts[401] ?? 0) === 20).toBe(true)
    })

    it("give all 20 the same successor within the leeway, and one token lives", async () => {
      const { refresh_token } = await register(lenient)
      const answers = await many(20, (index) => refresh(lenient, index % 2 === 0 ? 0 : 1, refresh_token))
      expect(count(answers)).toEqual({ 200: 20 })
      const successors = [...new Set(answers.map(({ body }) => body.refresh_token))]
      expect(successors).toHaveLength(1)
      // This token is valid: its use ends the leeway of its predecessor.
      expect((await refresh(lenient, 0, successors[0] ?? "")).status).toBe(200)
      expect((await refresh(lenient, 1, refresh_token)).body.code).toBe("invalid_refresh_token")
    })

    it("refuse the tokens of a deleted user, after a restart too", async () => {
      const { access_token: token } = await register(generous)
      const answer = await generous.askAt(0, "DELETE", "/api/v1/users/me", { token, body: { password } })
      expect(answer.status).toBe(204)
      expect((await me(generous, 0, token)).status).toBe(401)
      await isSignedOutAt(generous, 1, token)
      await generous.restart(1)
      expect((await me(generous, 1, token)).status).toBe(401)
    })

    it("show a change of a profile to its user at once, wherever the next request goes", async () => {
      const { access_token: token } = await register(generous)
      for (const process of [0, 1] as const) expect((await me(generous, process, token)).status).toBe(200)
      for (let change = 0; change < 10; change++) {
        const full_name = `Ada ${change}`
        await generous.ask("PATCH", "/api/v1/users/me", { token, body: { full_name } })
        for (const process of [0, 1] as const) {
          expect(await me(generous, process, token)).toMatchObject({ status: 200, body: { user: { full_name } } })
        }
      }
    })
  })

describeOnPostgres("an installation of several processes", () => {
  describeWithRedisServer("with Redis", () => {
    suites(
      "one Redis",
      Effect.map(startRedisServer(), ({ url }) => url),
    )
    suites(
      "a Redis Cluster",
      Effect.map(startRedisCluster(), ({ url }) => url),
    )

    describe("whose Redis is killed under load", () => {
      const scope = Scope.makeUnsafe()
      let redis: RedisServer
      let installation: Installation
      beforeAll(async () => {
        ;[redis, installation] = await onSchema(
          Effect.gen(function* () {
            const server = yield* makeRedisServer()
            yield* server.start
            return [server, yield* startInstallation(server.url, { RATE_LIMIT_IP: "100000" })] as const
          }),
          scope,
        )
      })
      afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))

      it("answers every request in bounded time, and limits exactly again afterwards", async () => {
        const loaded = await many(10, () => register(installation))
        let isOver = false
        const replies: Array<Reply & { readonly millis: number }> = []
        const load = loaded.map(async ({ access_token: token }) => {
          while (!isOver) {
            const startedAt = performance.now()
            const reply = await installation.ask("GET", "/api/v1/users/me", { token })
            replies.push({ ...reply, millis: performance.now() - startedAt })
            await new Promise((resolve) => setTimeout(resolve, 20))
          }
        })
        const pause = (millis: number) => new Promise((resolve) => setTimeout(resolve, millis))
        await pause(500)
        await Effect.runPromise(redis.kill)
        await pause(2_000)
        await Effect.runPromise(redis.start)
        const isBack = async () => {
          const checks = installation.servers.map(({ url }) => fetch(`${url}/health/ready`).then((it) => it.text()))
          return (await Promise.all(checks)).every((text) => text.includes('"redis":"ok"'))
        }
        await expect.poll(isBack, { timeout: 20_000 }).toBe(true)
        await pause(500)
        isOver = true
        await Promise.all(load)

        expect(replies.length).toBeGreaterThan(100)
        expect(replies.filter(({ status }) => status !== 200 && status !== 429)).toEqual([])
        // The contract limits the wait: no request takes over a second.
        expect(Math.max(...replies.map(({ millis }) => millis))).toBeLessThan(1_000)
        for (const { output } of installation.servers) {
          expect(output().match(/Redis at \S+ (?:is away|is back)/g)).toHaveLength(2)
        }
        expect((await countOfNewUser(installation, 400)).statuses).toEqual({ 200: 100, 429: 300 })
      })
    })
  })
})
