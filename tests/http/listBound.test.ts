/** Tests the maximum size of a list with the longest tasks that the limits allow. */
import { Effect } from "effect"
import { FetchHttpClient } from "effect/http"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { FeedChange } from "../../adapters/http/api/v1/ChangeResource.ts"
import { maxListBytes } from "../../adapters/http/api/v1/Pagination.ts"
import { makeClient } from "../../adapters/http/client/TaskwrightClient.ts"
import { memoryTokenStore } from "../../adapters/http/client/TokenStore.ts"
import { CategoryRepository } from "../../application/categories/CategoryRepository.ts"
import { TaskRepository } from "../../application/tasks/TaskRepository.ts"
import { memory } from "../../bootstrap/memory.ts"
import { UserId } from "../../domain/accounts/UserId.ts"
import { CategoryColor, CategoryName, maxCategories } from "../../domain/categories/Category.ts"
import { maxTaskCategories } from "../../domain/tasks/Task.ts"
import { TaskDescription, TaskTitle } from "../../domain/tasks/TaskFields.ts"
import { keepCategory, makeTask } from "../support/entities.ts"
import type { CategoryList, Problem, TaskCursorPage, TaskPage } from "./Answers.ts"
import { type Client, register, startClient, type User } from "./Client.ts"

// A control character takes six bytes in JSON, and every other character four at most.
const longest = {
  title: TaskTitle.make("🌻".repeat(200)),
  description: TaskDescription.make("\u0001".repeat(2000)),
  status: "in_progress",
} as const

describe("a list of the longest data", { timeout: 120_000 }, () => {
  let client: Client
  let ada: User
  beforeAll(async () => {
    client = await startClient(memory)
    ada = await register(client)
  })
  afterAll(() => client.stop())

  const ask = <Body>(path: string) => client.ask<Body>("GET", path, { token: ada.access_token })

  it("stays under its bound as long as the limits hold, and is read whole by the client", async () => {
    const userId = UserId.make(ada.user.id)
    await client.run(
      Effect.gen(function* () {
        const categories = yield* Effect.forEach(Array.from({ length: maxCategories }), (_, index) =>
          keepCategory(userId, {
            name: CategoryName.make(`${"🌻".repeat(46)}${String(index).padStart(4, "0")}`),
            color: CategoryColor.make("#A0b1C2"),
          }),
        )
        const { insert } = yield* TaskRepository
        for (let index = 0; index < 200; index++) {
          yield* insert(
            makeTask(userId, { ...longest, categories: categories.slice(index, index + maxTaskCategories) }),
          )
        }
      }),
    )
    const tasks = await ask<TaskPage>("/api/v1/tasks?limit=100")
    expect(tasks.body.data.length).toBe(100)
    expect(Buffer.byteLength(tasks.text)).toBeGreaterThan(4_500_000)
    expect(Buffer.byteLength(tasks.text)).toBeLessThan(maxListBytes / 2)
    const longer = await ask<TaskCursorPage>("/api/v1/tasks?cursor=&limit=200")
    expect(longer.body.data.length).toBe(200)
    expect(Buffer.byteLength(longer.text)).toBeLessThan(maxListBytes)
    const categories = await ask<CategoryList>("/api/v1/categories")
    expect(categories.body.data.length).toBe(1000)
    expect(Buffer.byteLength(categories.text)).toBeLessThan(maxListBytes / 2)
    const read = makeClient({ url: client.url, tokens: memoryTokenStore(ada) }).pipe(
      Effect.flatMap((typed) => typed.tasks.listTasks({ query: { cursor: "", limit: 200 } })),
      Effect.provide(FetchHttpClient.layer),
    )
    expect((await Effect.runPromise(read)).data).toEqual(longer.body.data)
  })

  it("ends a page of changes before its limit, and the next page continues", async () => {
    interface ChangePage {
      readonly data: ReadonlyArray<FeedChange>
      readonly next_cursor: string
      readonly has_more: boolean
    }
    const sizes: Array<number> = []
    const cursors = new Set<string>()
    let since = ""
    for (let hasMore = true; hasMore; ) {
      const { body, text } = await ask<ChangePage>(`/api/v1/changes?limit=500${since}`)
      expect(Buffer.byteLength(text)).toBeLessThan(maxListBytes)
      sizes.push(body.data.length)
      for (const { cursor } of body.data) cursors.add(cursor)
      hasMore = body.has_more
      since = `&since=${body.next_cursor}`
    }
    expect(sizes.slice(0, 2)).toEqual([500, 500])
    expect(sizes.length).toBeGreaterThan(3)
    expect(cursors.size).toBe(1_200)
    expect(sizes.reduce((total, size) => total + size)).toBe(1_200)
  })

  it("is refused if tasks from before the limits would lead it over its bound, and is read in smaller pages", async () => {
    const userId = UserId.make(ada.user.id)
    await client.run(
      Effect.gen(function* () {
        const { insert } = yield* TaskRepository
        const { list } = yield* CategoryRepository
        const categories = yield* list(userId)
        for (let index = 0; index < 100; index++) {
          yield* insert(makeTask(userId, { ...longest, status: "completed", categories }))
        }
      }),
    )
    const whole = await ask<Problem>("/api/v1/tasks?status=completed&limit=100")
    expect([whole.status, whole.body.errors?.map(({ path }) => path)]).toEqual([400, ["query.limit"]])
    const part = await ask<TaskPage>("/api/v1/tasks?status=completed&limit=20")
    expect([part.status, part.body.data.length]).toEqual([200, 20])
  })
})
