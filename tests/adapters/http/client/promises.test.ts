/** Holds the client with promises to the service: results, errors, signals, keys and iteration. */
import { createServer } from "node:http"
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from "vitest"
import {
  type Client,
  isClientError,
  isProblem,
  makeClient,
  NetworkError,
  ProblemError,
  type TaskCursorPage,
  type TaskPage,
  type TaskResource,
  type Tokens,
} from "../../../../adapters/http/client/promise/index.ts"
import { makeClient as makeEffectClient } from "../../../../adapters/http/client/TaskwrightClient.ts"
import { memoryWithWorkers } from "../../../../bootstrap/memory.ts"
import { type Client as Service, startClient } from "../../../http/Client.ts"
import { newAccount } from "./WatchedClient.ts"

const unknownId = "0193a5ae-3c44-7a90-b6f7-1d2c3b4a5968"

const rejectionOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => {
      throw new Error("the promise was resolved")
    },
    (error: unknown) => error,
  )

describe("the client with promises", () => {
  let service: Service
  let client: Client
  beforeAll(async () => {
    service = await startClient(memoryWithWorkers)
    client = makeClient({ url: service.url, maxRetries: 0 })
    await client.auth.register({ payload: newAccount() })
  })
  afterAll(() => service.stop())

  it("has the groups and methods of the client with effects", async () => {
    const { Effect } = await import("effect")
    const { FetchHttpClient } = await import("effect/http")
    const other = Effect.runSync(makeEffectClient({ url: service.url }).pipe(Effect.provide(FetchHttpClient.layer)))
    const shapeOf = (value: object) =>
      Object.fromEntries(
        Object.entries(value).map(([name, part]) => [name, Effect.isEffect(part) ? [] : Object.keys(part)]),
      )
    expect(shapeOf(client)).toEqual(shapeOf(other))
    expect(Object.keys(client.tasks).length).toBeGreaterThan(8)
  })

  it("resolves with the bodies of responses", async () => {
    const { task } = await client.tasks.createTask({ payload: { title: "Buy milk" } })
    expect(await client.tasks.getTask({ params: { task_id: task.id } })).toEqual({ task })
    expect((await client.tasks.listTasks({ query: { page: 1 } })).total).toBe(1)
    expect((await client.tasks.listTasks({ query: { cursor: "" } })).next_cursor).toBe(null)
    expect(await client.tasks.deleteTask({ params: { task_id: task.id } })).toBeUndefined()
    expect(client.rateLimit()).toMatchObject({ policy: "user", limit: expect.any(Number) })
    expect((await client.users.getMe()).user.full_name).toMatch(/\w/)
  })

  it("rejects with the errors of the client, whose codes narrow them", async () => {
    const missing = await rejectionOf(client.tasks.getTask({ params: { task_id: unknownId } }))
    expect(missing).toBeInstanceOf(ProblemError)
    expect([isProblem(missing, "task_not_found"), isProblem(missing, "not_owner")]).toEqual([true, false])
    const invalid = await rejectionOf(client.tasks.createTask({ payload: { title: "x" } }))
    if (!isProblem(invalid, "validation_failed")) throw invalid
    expect(invalid.errors[0]?.path).toBe("body.title")
    const refused = await rejectionOf(makeClient({ url: "http://127.0.0.1:9", maxRetries: 0 }).service.getHealth())
    expect(refused).toBeInstanceOf(NetworkError)
    expect([isClientError(refused), isClientError(new Error("x"))]).toEqual([true, false])
  })

  it("ends a call whose signal is aborted, with the reason of the signal", async () => {
    let requests = 0
    const silent = createServer(() => {
      requests++
    })
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve))
    const address = silent.address()
    const port = typeof address === "object" && address !== null ? address.port : 0
    const controller = new AbortController()
    const { service } = makeClient({ url: `http://127.0.0.1:${port}` })
    const call = rejectionOf(service.getHealth({ signal: controller.signal }))
    await expect.poll(() => requests).toBe(1)
    controller.abort()
    expect(await call).toMatchObject({ name: "AbortError" })
    // No request is sent for a signal that is aborted already.
    expect(await rejectionOf(service.getHealth({ signal: AbortSignal.abort("too late") }))).toBe("too late")
    expect(requests).toBe(1)
    silent.closeAllConnections()
    silent.close()
  })

  it("sends the key of a call, so that a repetition has no second effect", async () => {
    const create = () => client.tasks.createTask({ payload: { title: "Order the book" }, idempotencyKey: "order-17" })
    const [first, again] = [await create(), await create()]
    expect(again.task.id).toBe(first.task.id)
  })

  it("iterates over all tasks, until the loop ends or the signal is aborted", async () => {
    const titles = ["One of many", "Two of many", "Three of many"]
    for (const title of titles) await client.tasks.createTask({ payload: { title } })
    const seen: Array<string> = []
    for await (const { title } of client.tasks.listAll({ limit: 1, sort: "created_at", order: "desc" })) {
      seen.push(title)
      if (seen.length === 3) break
    }
    expect(seen).toEqual(titles.toReversed())
    const controller = new AbortController()
    const collect = async () => {
      for await (const _ of client.tasks.listAll({ limit: 1, signal: controller.signal })) controller.abort("enough")
    }
    expect(await rejectionOf(collect())).toBe("enough")
    const badCursor = async () => {
      for await (const _ of makeClient({ url: service.url }).tasks.listAll()) throw new Error("there is a task")
    }
    expect(isProblem(await rejectionOf(badCursor()), "unauthorized")).toBe(true)
  })

  it("iterates over changes, and ends a wait for the next one by a signal", async () => {
    const { changes_cursor: since } = await client.categories.listCategories()
    await client.tasks.createTask({ payload: { title: "Follow me" } })
    const controller = new AbortController()
    const told: Array<string> = []
    const follow = async () => {
      for await (const event of client.changes.follow({ since, signal: controller.signal })) {
        told.push(event.event === "change" ? event.change.type : event.event)
        if (event.event === "up_to_date") controller.abort("read")
      }
    }
    expect(await rejectionOf(follow())).toBe("read")
    expect(told).toEqual(["task.created", "up_to_date"])
  })

  it("stores its tokens where the program says, and sends by its own fetch", async () => {
    let held: Tokens | null = null
    const urls: Array<string> = []
    const own = makeClient({
      url: service.url,
      tokens: {
        get: async () => held,
        set: (tokens) => {
          held = tokens
        },
        clear: () => {
          held = null
        },
      },
      fetch: (input, init) => {
        urls.push(String(input instanceof Request ? input.url : input))
        return fetch(input, init)
      },
    })
    await own.auth.register({ payload: newAccount() })
    expect(held).toMatchObject({ access_token: expect.any(String) })
    for await (const _ of own.tasks.listAll()) throw new Error("there is no task")
    await own.auth.logOut()
    expect(held).toBe(null)
    expect(urls.map((url) => new URL(url).pathname)).toEqual([
      "/api/v1/auth/register",
      "/api/v1/tasks",
      "/api/v1/auth/logout",
    ])
  })

  it("has types without Effect", () => {
    // Compiled, and never run.
    const typed = async (client: Client) => {
      expectTypeOf(await client.tasks.listTasks()).toEqualTypeOf<TaskPage>()
      expectTypeOf(await client.tasks.listTasks({ query: { cursor: "" } })).toEqualTypeOf<TaskCursorPage>()
      expectTypeOf(client.tasks.listAll()).toEqualTypeOf<AsyncIterable<TaskResource>>()
      // @ts-expect-error: the payload is required
      await client.tasks.createTask({})
      // @ts-expect-error: no error has this code
      isProblem(null, "no_such_code")
      // @ts-expect-error: there is no such parameter
      await client.tasks.listTasks({ query: { colour: "red" } })
    }
    expect(typed).toBeTypeOf("function")
  })
})
