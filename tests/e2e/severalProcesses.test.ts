/** Holds two processes on one database and one Redis to shared limits and sessions. */
import { Effect, Exit, Scope } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { describeOnPostgres } from "../support/postgres.ts"
import {
  describeWithRedisServer,
  makeRedisServer,
  type RedisServer,
  startRedisCluster,
  startRedisServer,
} from "../support/RedisServer.ts"
import {
  count,
  countOfNewUser,
  type Installation,
  many,
  onSchema,
  password,
  type Reply,
  register,
  startInstallation,
} from "./twoProcesses.ts"

const logIn = ({ ask }: Installation, email: string, offered = password) =>
  ask("POST", "/api/v1/auth/login", { body: { email, password: offered } })

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
