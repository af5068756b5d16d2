/** Holds a process to the sessions that others revoked while it could not receive messages. */
import { setTimeout as sleep } from "node:timers/promises"
import { Effect, Exit, Layer, Redacted, Scope } from "effect"
import { afterAll, beforeAll, expect, it } from "vitest"
import { describeOnPostgres, emptySchema, TestSchema } from "../support/postgres.ts"
import { type ServerProcess, shortBoundEntry, startServer } from "../support/serverProcess.ts"
import { makeTcpProxy, type TcpProxy } from "../support/TcpProxy.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"

interface Reply {
  readonly status: number
  readonly body: { readonly code?: string; readonly access_token: string }
}

const password = "Correct Horse 1"

// The process under test trusts tokens for one second without a synchronization, so that these waits are short.
const longerThanTheBoundMillis = 3_000

describeOnPostgres("a process that missed what others ended", () => {
  const scope = Scope.makeUnsafe()
  let proxy: TcpProxy
  let frozen: ServerProcess
  let other: ServerProcess

  beforeAll(async () => {
    await Effect.gen(function* () {
      const { urlOfSchema } = yield* TestSchema
      const direct = Redacted.value(urlOfSchema)
      const target = new URL(direct)
      proxy = yield* makeTcpProxy({ host: target.hostname, port: Number(target.port || 5432) })
      yield* proxy.open
      target.host = `127.0.0.1:${proxy.port}`
      const shared = { DATA_DIR: yield* temporaryFolder, RATE_LIMIT_IP: "100000", RATE_LIMIT_USER: "100000" }
      other = yield* Effect.promise(() => startServer({ ...shared, DATABASE_URL: direct }))
      frozen = yield* Effect.promise(() => startServer({ ...shared, DATABASE_URL: target.href }, shortBoundEntry))
      yield* Effect.addFinalizer(() =>
        Effect.promise(() => Promise.all([frozen, other].map((server) => server.end("SIGKILL")))),
      )
    }).pipe(
      (start) => Effect.flatMap(Layer.buildWithScope(emptySchema, scope), (context) => Effect.provide(start, context)),
      Scope.provide(scope),
      Effect.runPromise,
    )
  })

  afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))

  const ask = async ({ url }: ServerProcess, method: string, path: string, token?: string, body?: object) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        "content-type": "application/json",
        connection: "close",
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: text === "" ? {} : JSON.parse(text) } as Reply
  }
  const register = async () => {
    const email = `user${Math.random()}@example.com`
    const answer = await ask(other, "POST", "/api/v1/auth/register", undefined, {
      email,
      password,
      full_name: "Ada Lovelace",
    })
    expect(answer.status).toBe(201)
    return answer.body.access_token
  }
  const logOut = async (token: string) =>
    expect((await ask(other, "POST", "/api/v1/auth/logout", token)).status).toBe(204)
  /** Sends a task without fields. The status is 400 if the token is trusted, and no other step reads the database. */
  const show = async (token: string) => {
    const { body, status } = await ask(frozen, "POST", "/api/v1/tasks", token, {})
    return [status, body.code]
  }
  const trusted = [400, "validation_failed"]
  const refused = [401, "unauthorized"]
  const unavailable = [503, "unavailable"]

  it("refuses the tokens of sessions that ended while it was frozen, from its first request on", async () => {
    const [ended, running] = [await register(), await register()]
    expect([await show(ended), await show(running)]).toEqual([trusted, trusted])
    frozen.child.kill("SIGSTOP")
    await logOut(ended)
    await sleep(longerThanTheBoundMillis)
    // Sent while the process is frozen, so that they are there when it resumes.
    const answers = Promise.all([ended, running, ended].map(show))
    await sleep(200)
    frozen.child.kill("SIGCONT")
    expect(await answers).toEqual([refused, trusted, refused])
  })

  it.each(["cut", "silence"] as const)(
    "trusts no token once its database is out of reach (%s), and refuses the ended ones as soon as it is back",
    async (how) => {
      const [ended, running] = [await register(), await register()]
      expect([await show(ended), await show(running)]).toEqual([trusted, trusted])
      await Effect.runPromise(proxy[how])
      await logOut(ended)
      await expect.poll(() => show(running), { timeout: 30_000 }).toEqual(unavailable)
      const young = await register()
      expect([await show(ended), await show(young)]).toEqual([unavailable, unavailable])
      await Effect.runPromise(proxy.open)
      const seen: Array<unknown> = []
      await expect
        .poll(
          async () => {
            const answer = await show(ended)
            seen.push(answer)
            return answer
          },
          { timeout: 30_000 },
        )
        .toEqual(refused)
      expect(seen).not.toContainEqual(trusted)
      expect([await show(running), await show(young)]).toEqual([trusted, trusted])
    },
  )
})
