/** Holds the client's retries to requests that are safe to send again. */
import { Effect, Layer } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { IdempotencyKey } from "../../../../adapters/http/client/index.ts"
import { Readiness } from "../../../../adapters/http/server/settings/Readiness.ts"
import { memory } from "../../../../bootstrap/memory.ts"
import { type Service, startService } from "../../../support/http.ts"
import { expectTrue } from "../../../support/narrowing.ts"
import { failureOf, newAccount, startOther, watchedClient } from "./WatchedClient.ts"

const { runPromise } = Effect
const list = "GET /api/v1/tasks"
const create = "POST /api/v1/tasks"
const milk = { payload: { title: "Buy milk" } }

describe("a client whose answers get lost", () => {
  let service: Service
  beforeAll(async () => {
    service = await startService(memory)
  })
  afterAll(() => service.stop())

  const loggedIn = async () => {
    const watched = watchedClient({ url: service.url })
    await runPromise(watched.client.auth.register({ payload: newAccount() }))
    watched.sent.length = 0
    watched.keys.length = 0
    return watched
  }

  it("asks again where asking changes nothing, three times at most", async () => {
    const { client, lose, sent } = await loggedIn()
    lose(list, 3)
    expect((await runPromise(client.tasks.listTasks())).total).toBe(0)
    expect(sent).toEqual([list, list, list, list])
    lose(list, 4)
    const failure = await failureOf(client.tasks.listTasks())
    expectTrue(failure.code === "network_error", failure.code)
    expect(failure.message).toBe("GET /api/v1/tasks: no answer")
    expect(sent).toHaveLength(8)
  })

  it("repeats a change with its key, so that it has one effect", async () => {
    const { client, keys, lose, sent } = await loggedIn()
    lose(create, 2)
    const { task } = await runPromise(client.tasks.createTask(milk))
    expect(sent).toEqual([create, create, create])
    const params = { task_id: task.id }
    lose(`PATCH /api/v1/tasks/${task.id}`, 1)
    const changed = await runPromise(
      client.tasks.updateTask({ params, payload: { version: 1, title: "Buy oat milk" } }),
    )
    expect(changed.task).toMatchObject({ title: "Buy oat milk", version: 2 })
    lose(`DELETE /api/v1/tasks/${task.id}`, 1)
    await runPromise(client.tasks.deleteTask({ params }))
    const [first, second, third, ...rest] = keys
    expect([first, first]).toEqual([second, third])
    expect(rest).toEqual([rest[0], rest[0], rest[2], rest[2]])
    expect(new Set(keys).size).toBe(3)
    expect(keys).not.toContain(null)
    expect((await runPromise(client.tasks.listTasks())).total).toBe(0)
  })

  it("gives up after three repetitions, and has changed something once at most", async () => {
    const { client, keys, lose } = await loggedIn()
    lose(create, 4)
    expect((await failureOf(client.tasks.createTask(milk))).code).toBe("network_error")
    expect([keys.length, new Set(keys).size]).toEqual([4, 1])
    expect((await runPromise(client.tasks.listTasks())).total).toBe(1)
  })

  it("takes a new key each time that a call runs, unless the program names one", async () => {
    const { client, keys } = await loggedIn()
    const call = client.tasks.createTask(milk)
    const named = Effect.provideService(call, IdempotencyKey, "order-17")
    const ids = []
    for (const each of [call, call, named, named]) ids.push((await runPromise(each)).task.id)
    expect(new Set(keys).size).toBe(3)
    expect(keys.slice(2)).toEqual(["order-17", "order-17"])
    expect(new Set(ids).size).toBe(3)
  })

  it("repeats no change of an account, and sends no key with it", async () => {
    const { client, keys, lose, sent } = watchedClient({ url: service.url })
    lose("POST /api/v1/auth/register", 1)
    expect((await failureOf(client.auth.register({ payload: newAccount() }))).code).toBe("network_error")
    expect([sent, keys]).toEqual([["POST /api/v1/auth/register"], [null]])
  })
})

describe("a client that is refused for its haste", () => {
  const start = async (limit: number, windowMillis: number, maxRetryAfterMillis: number) => {
    const service = await startService(memory, { userLimit: { limit, windowMillis } })
    const watched = watchedClient({ url: service.url, maxRetryAfterMillis })
    await runPromise(watched.client.auth.register({ payload: newAccount() }))
    watched.sent.length = 0
    return { ...watched, stop: service.stop }
  }

  it("waits as long as the service asks, and then does it once, whatever the method", async () => {
    const { client, sent, stop } = await start(2, 1000, 10_000)
    for (let index = 0; index < 3; index++) await runPromise(client.tasks.createTask(milk))
    expect(sent).toHaveLength(4)
    expect((await runPromise(client.tasks.listTasks())).total).toBe(3)
    await stop()
  })

  it("fails at once where it would have to wait for longer than it may", async () => {
    const { client, sent, stop } = await start(1, 60_000, 10_000)
    await runPromise(client.tasks.createTask(milk))
    const failure = await failureOf(client.tasks.createTask(milk))
    expect(failure).toMatchObject({
      code: "rate_limited",
      status: 429,
      violated_policies: ["user"],
      request_id: expect.any(String),
    })
    expect(sent).toHaveLength(2)
    await stop()
  })
})

describe("a client without the service", () => {
  it("fails as unreachable", async () => {
    const { stop, url } = await startOther(() => {})
    await stop()
    const { client, sent } = watchedClient({ url, maxRetries: 1 })
    const failure = await failureOf(client.service.getHealth())
    expectTrue(failure.code === "network_error", failure.code)
    expect(failure).toBeInstanceOf(Error)
    expect(sent).toHaveLength(2)
  })

  it("waits for an answer no longer than its limit, whether it does not begin or does not end", async () => {
    const { stop, url } = await startOther(({ url }, response) => {
      if (url === "/health") return
      response.writeHead(200, { "content-type": "application/json", "content-length": "10" })
      response.write("{")
    })
    const { client } = watchedClient({ url, maxRetries: 0, requestTimeoutMillis: 50 })
    for (const call of [client.service.getHealth(), client.service.getJsonWebKeySet()]) {
      expect(await failureOf(call)).toMatchObject({
        code: "network_error",
        message: expect.stringMatching(/: no answer within 50 ms$/),
      })
    }
    await stop()
  })

  it("tells an answer that ends too early from one that is not understood", async () => {
    const { stop, url } = await startOther(({ url }, response) => {
      if (url === "/health") {
        response.writeHead(200, { "content-type": "application/json", "content-length": "10" })
        response.write("{", () => response.destroy())
      } else response.writeHead(200, { "content-type": "text/html", "x-request-id": "proxy-1" }).end("<p>Hello")
    })
    const { client } = watchedClient({ url, maxRetries: 0 })
    expect((await failureOf(client.service.getHealth())).code).toBe("network_error")
    const failure = await failureOf(client.service.getJsonWebKeySet())
    expect(failure).toMatchObject({ code: "unexpected_response", status: 200, request_id: "proxy-1" })
    await stop()
  })

  it("reads no answer that has no end", async () => {
    const part = "x".repeat(2 ** 20)
    let sentMebibytes = 0
    const { stop, url } = await startOther((_, response) => {
      response.writeHead(200, { "content-type": "application/json" })
      const send = () => {
        while (!response.destroyed && response.write(part)) sentMebibytes++
      }
      response.on("drain", send)
      send()
    })
    const { client, sent } = watchedClient({ url, maxRetries: 0 })
    const failure = await failureOf(client.tasks.listTasks())
    expect(failure).toMatchObject({ code: "unexpected_response", status: 200 })
    expect(failure).toMatchObject({ message: "GET /api/v1/tasks: status 200, an answer of more than 16 MiB" })
    expect(sent).toHaveLength(1)
    expect(sentMebibytes).toBeLessThan(64)
    await stop()
  })

  it("comes again with the same key while the first request is at work", async () => {
    const answers: Array<number> = []
    const { stop, url } = await startOther((_, response) => {
      const problem = {
        type: "/problems/idempotency_in_progress",
        title: "Idempotency in progress",
        status: 409,
        detail: "…",
        code: answers.length < 1 ? "idempotency_in_progress" : "category_name_taken",
        request_id: "a",
      }
      answers.push(409)
      const body = JSON.stringify({ ...problem, type: `/problems/${problem.code}` })
      response.writeHead(409, { "content-type": "application/problem+json", "retry-after": "0" }).end(body)
    })
    const { client, keys } = watchedClient({ url })
    const failure = await failureOf(client.categories.createCategory({ payload: { name: "Home" } }))
    expect(failure.code).toBe("category_name_taken")
    expect([keys.length, new Set(keys).size]).toEqual([2, 1])
    await stop()
  })

  it("asks a proxy again that has lost the service, also for a change with a key", async () => {
    const { stop, url } = await startOther((_, response) => {
      response.writeHead(502, { "content-type": "text/html" }).end("Bad gateway")
    })
    const { client, sent } = watchedClient({ url, maxRetries: 1 })
    expect(await failureOf(client.categories.listCategories())).toMatchObject({
      code: "unexpected_response",
      status: 502,
    })
    expect(await failureOf(client.tasks.createTask(milk))).toMatchObject({ code: "unexpected_response", status: 502 })
    expect(sent).toEqual(["GET /api/v1/categories", "GET /api/v1/categories", create, create])
    expect(await failureOf(client.auth.forgotPassword({ payload: { email: "ada@example.com" } }))).toMatchObject({
      code: "unexpected_response",
      status: 502,
    })
    expect(sent).toHaveLength(5)
    await stop()
  })

  it("takes a service that is not ready for an answer", async () => {
    const away = Layer.effect(
      Readiness,
      Effect.map(Readiness, (checks) => ({ ...checks, database: Effect.succeed(false) })),
    )
    const { stop, url } = await startService(Layer.provideMerge(away, memory))
    const { client, sent } = watchedClient({ url })
    expect(await runPromise(client.service.getReadiness())).toMatchObject({
      status: "unavailable",
      checks: { database: "failed" },
    })
    expect(sent).toHaveLength(1)
    await stop()
  })
})

it("a client continues the trace of its caller", async () => {
  let seen: string | undefined
  const { stop, url } = await startOther(({ headers }, response) => {
    seen = headers["traceparent"]?.toString()
    response.writeHead(503, { "content-type": "application/json" }).end("{}")
  })
  const { client } = watchedClient({ url, maxRetries: 0 })
  const traceId = await runPromise(
    Effect.gen(function* () {
      yield* Effect.ignore(client.service.getHealth())
      return (yield* Effect.currentSpan).traceId
    }).pipe(Effect.withSpan("bot")),
  )
  expect(seen).toMatch(new RegExp(`^00-${traceId.padStart(32, "0")}-[0-9a-f]{16}-01$`))
  await stop()
})
