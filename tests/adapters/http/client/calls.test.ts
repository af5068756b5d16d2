/** Holds the client's calls to the service's responses and problems. */
import { readFileSync } from "node:fs"
import { Effect, Stream } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { Client } from "../../../../adapters/http/client/index.ts"
import { memoryWithWorkers } from "../../../../bootstrap/memory.ts"
import { mailedTokens, type Client as Service, startClient } from "../../../http/Client.ts"
import { expectPresent, expectTrue } from "../../../support/narrowing.ts"
import { failureOf, newAccount, type WatchedClient, watchedClient } from "./WatchedClient.ts"

const { runPromise } = Effect
const source = readFileSync(new URL(import.meta.url), "utf8")
const unknownId = "0193a5ae-3c44-7a90-b6f7-1d2c3b4a5968"

describe("the client", () => {
  let service: Service
  let watched: WatchedClient
  let client: Client
  const account = newAccount()
  beforeAll(async () => {
    service = await startClient(memoryWithWorkers)
    watched = watchedClient({ url: `${service.url}/` })
    client = watched.client
    await runPromise(client.auth.register({ payload: account }))
  })
  afterAll(() => service.stop())

  /** Returns the token of the latest email to the address. */
  const mailed = async (email: string) => (await mailedTokens(service, email)).at(-1) ?? ""

  it("works with tasks", async () => {
    const { tasks } = client
    const { task } = await runPromise(tasks.createTask({ payload: { title: "  Buy milk ", priority: "high" } }))
    expect(task).toMatchObject({ title: "Buy milk", status: "pending", version: 1, categories: [] })
    const params = { task_id: task.id }
    const due_date = "2030-12-24T18:00:00+01:00"
    const changed = await runPromise(tasks.updateTask({ params, payload: { version: 1, description: null, due_date } }))
    expect(changed.task).toMatchObject({ version: 2, due_date: "2030-12-24T17:00:00.000Z" })
    expect(await runPromise(tasks.getTask({ params }))).toEqual(changed)
    const query = { page: 1, limit: 5, priority: "high", due_from: due_date, sort: "due_date", order: "asc" } as const
    expect(await runPromise(tasks.listTasks({ query }))).toEqual({ data: [changed.task], total: 1, page: 1, limit: 5 })
    expect((await runPromise(tasks.listTasks())).limit).toBe(20)
    const filter = `title:"${changed.task.title}"`
    const several = { status: ["pending", "completed", "in_progress"], filter, time_zone: "Europe/Berlin" } as const
    expect((await runPromise(tasks.listTasks({ query: several }))).data).toEqual([changed.task])
    expect(await runPromise(tasks.queryTasks({ payload: { filter, limit: 5 } }))).toEqual({
      data: [changed.task],
      total: 1,
      page: 1,
      limit: 5,
    })

    const { category } = await runPromise(client.categories.createCategory({ payload: { name: "Home & garden" } }))
    const both = { params: { task_id: task.id, category_id: category.id } }
    expect((await runPromise(tasks.assignCategory(both))).task.categories).toEqual([category])
    expect(await runPromise(client.categories.listCategories())).toEqual({
      data: [category],
      changes_cursor: expect.any(String),
    })
    expect(await runPromise(tasks.removeCategory(both))).toBeUndefined()
    const ofCategory = { params: { category_id: category.id } }
    expect(await runPromise(client.categories.deleteCategory(ofCategory))).toBeUndefined()
    const restored = await runPromise(client.categories.restoreCategory(ofCategory))
    expect(restored.category).toMatchObject({ id: category.id, version: 2 })
    const payload = { version: 2, color: "#2E7D32" }
    const colored = await runPromise(client.categories.updateCategory({ ...ofCategory, payload }))
    expect(colored.category).toMatchObject({ ...payload, version: 3 })
    expect(await runPromise(tasks.deleteTask({ params }))).toBeUndefined()
    expect(await failureOf(tasks.getTask({ params }))).toMatchObject({ code: "task_not_found", status: 404 })
  })

  it("runs batches, and says which operation ended one", async () => {
    const { client } = watchedClient({ url: service.url })
    await runPromise(client.auth.register({ payload: newAccount() }))
    const home = { op: "create_category", ref: "home", category: { name: "Home" } } as const
    const milk = { op: "create_task", task: { title: "Buy milk" }, category_ids: ["$home"] } as const
    const { applied, batch_id, results } = await runPromise(
      client.batch.runBatch({ payload: { operations: [home, milk] } }),
    )
    expect([applied, results.map(({ status }) => status)]).toEqual([true, [201, 201]])
    expect(results[1]?.task?.categories).toEqual([results[0]?.category])
    const failed = await failureOf(client.batch.runBatch({ payload: { operations: [home, milk] } }))
    expectTrue(failed.code === "batch_failed")
    expect([failed.status, failed.failed_index]).toEqual([409, 0])
    expect(failed.results[0]?.problem?.code).toBe("category_name_taken")
    const undone = await runPromise(client.history.undo({ payload: { batch_id: batch_id ?? "" } }))
    expect(undone.undone).toHaveLength(2)
    expect((await runPromise(client.tasks.listTasks())).total).toBe(0)
  })

  it("reads histories, takes changes back, and empties the trash", async () => {
    const { client } = watchedClient({ url: service.url })
    await runPromise(client.auth.register({ payload: newAccount() }))
    const { history, tasks, trash } = client
    const { task } = await runPromise(tasks.createTask({ payload: { title: "Buy milk" } }))
    const params = { task_id: task.id }
    await runPromise(tasks.deleteTask({ params }))
    expect((await runPromise(tasks.restoreTask({ params }))).task.version).toBe(2)
    await runPromise(tasks.deleteTask({ params }))

    const page = await runPromise(history.listTaskHistory({ params, query: { limit: 3 } }))
    expect(page.data.map(({ type }) => type)).toEqual(["task.deleted", "task.restored", "task.deleted"])
    const [deleted] = page.data
    const undone = await runPromise(history.undo({ payload: { batch_id: deleted?.batch_id ?? "" } }))
    expect(undone).toMatchObject({ undone: [{ task_id: task.id, version: 3 }], skipped: [] })
    const own = await runPromise(history.listHistory({ query: { batch_id: undone.batch_id ?? "" } }))
    expect(own.data.map(({ undoes }) => undoes)).toEqual([deleted?.id])
    expect(await failureOf(history.undo({ payload: { change_id: task.id } }))).toMatchObject({
      code: "change_not_found",
    })

    await runPromise(tasks.deleteTask({ params }))
    const { data } = await runPromise(trash.listTrash())
    expect(data.map(({ id }) => id)).toEqual([task.id])
    expect(await runPromise(trash.purgeTask({ params }))).toBeUndefined()
    expect(await runPromise(trash.emptyTrash())).toEqual({ purged: 0 })
  })

  it("works with the account and its sessions", async () => {
    const { client } = watchedClient({ url: service.url })
    const ada = newAccount()
    const { user } = await runPromise(client.auth.register({ payload: ada }))
    const verified = await runPromise(client.auth.verifyEmail({ payload: { token: await mailed(ada.email) } }))
    expect(verified.user).toMatchObject({ id: user.id, is_active: true })
    expect(await runPromise(client.auth.resendVerification({ payload: { email: ada.email } }))).toBeUndefined()
    expect((await runPromise(client.users.getMe())).user).toEqual(verified.user)
    const renamed = await runPromise(client.users.updateMe({ payload: { full_name: "Ada King" } }))
    expect(renamed.user.full_name).toBe("Ada King")

    const other = watchedClient({ url: service.url }).client
    await runPromise(
      other.auth
        .logIn({ payload: { email: ada.email, password: ada.password } })
        .pipe(Effect.andThen(other.users.getMe())),
    )
    const { data } = await runPromise(client.auth.listSessions())
    expect(data.map(({ current }) => current).toSorted()).toEqual([false, true])
    const session_id = data.find(({ current }) => !current)?.id ?? ""
    expect(await runPromise(client.auth.endSession({ params: { session_id } }))).toBeUndefined()
    expect(await failureOf(other.users.getMe())).toMatchObject({ code: "unauthorized" })

    const new_password = "Correct Horse 2"
    await runPromise(client.auth.changePassword({ payload: { current_password: ada.password, new_password } }))
    await runPromise(client.auth.logOut())
    expect(await failureOf(client.users.getMe())).toMatchObject({ code: "unauthorized" })
    await runPromise(client.auth.logIn({ payload: { email: ada.email, password: new_password } }))
    expect(await runPromise(client.auth.forgotPassword({ payload: { email: ada.email } }))).toBeUndefined()
    const password = "Correct Horse 3"
    await runPromise(client.auth.resetPassword({ payload: { token: await mailed(ada.email), password } }))
    expect(await failureOf(client.users.getMe())).toMatchObject({ code: "unauthorized" })
    await runPromise(client.auth.logIn({ payload: { email: ada.email, password } }))
    await runPromise(client.users.deleteAccount({ payload: { password } }))
    expect(await failureOf(client.users.getMe())).toMatchObject({ code: "unauthorized" })
    const refused = await failureOf(client.auth.resetPassword({ payload: { token: "unknown", password } }))
    expect(refused).toMatchObject({ code: "invalid_reset_token" })
  })

  it("creates, lists and revokes API tokens, and works with one in place of a login", async () => {
    const { client } = watchedClient({ url: service.url })
    const account = newAccount()
    const { email, password } = account
    await runPromise(client.auth.register({ payload: account }))
    const payload = { name: "a script", scopes: ["tasks:read", "tasks:write"], expires_in_days: 7 } as const
    const { secret, token } = await runPromise(client.tokens.createToken({ payload }))
    expect((await runPromise(client.tokens.listTokens())).data).toEqual([token])

    const script = watchedClient({ url: service.url, apiToken: secret }).client
    const { task } = await runPromise(script.tasks.createTask({ payload: { title: "Buy milk" } }))
    const page = await runPromise(script.history.listTaskHistory({ params: { task_id: task.id } }))
    expect(page.data.map(({ actor }) => actor)).toEqual([{ kind: "token", id: token.id, name: "a script" }])
    const missing = await failureOf(script.tasks.deleteTask({ params: { task_id: task.id } }))
    expectTrue(missing.code === "insufficient_scope")
    expect([missing.status, missing.required_scope]).toEqual([403, "tasks:delete"])
    expect(await failureOf(script.users.getMe())).toMatchObject({ code: "session_required" })
    // A login gives its tokens to the caller, and changes nothing for the other calls.
    await runPromise(script.auth.logIn({ payload: { email, password } }))
    expect(await failureOf(script.tokens.listTokens())).toMatchObject({ code: "session_required" })

    await runPromise(client.auth.signOutEverywhere({ query: { tokens: "true" } }))
    expect(await failureOf(script.tasks.listTasks())).toMatchObject({ code: "unauthorized" })
    expect(await failureOf(client.users.getMe())).toMatchObject({ code: "unauthorized" })
    await runPromise(client.auth.logIn({ payload: { email, password } }))
    expect((await runPromise(client.tokens.listTokens())).data).toEqual([])
    const params = { token_id: token.id }
    expect(await failureOf(client.tokens.revokeToken({ params }))).toMatchObject({ code: "token_not_found" })
  })

  it("asks the service how it is", async () => {
    expect(await runPromise(client.service.getHealth())).toMatchObject({ status: "ok" })
    expect(await runPromise(client.service.getReadiness())).toMatchObject({ status: "ok", checks: { database: "ok" } })
    expect((await runPromise(client.service.getJsonWebKeySet())).keys[0]?.["kty"]).toBe("OKP")
    expect(await runPromise(client.service.getMetrics())).toContain("taskwright_http_requests_total")
  })

  it("has called every endpoint that the description has, but for refreshing", () => {
    const described = ["auth", "users", "tokens", "tasks", "categories", "history", "trash", "service"] as const
    const names = described.flatMap((group) => Object.keys(client[group]))
    expect(names).toContain("logIn")
    expect(names).not.toContain("refresh")
    expect(names.filter((name) => !source.includes(`.${name}(`))).toStrictEqual([])
  })

  it("fails with the problem as an error, whose fields follow from its code", async () => {
    const { task } = await runPromise(client.tasks.createTask({ payload: { title: "Water the plants" } }))
    const params = { task_id: task.id }
    await runPromise(client.tasks.updateTask({ params, payload: { version: 1, status: "completed" } }))
    const conflict = await failureOf(client.tasks.updateTask({ params, payload: { version: 1, title: "Late" } }))
    expect(conflict).toBeInstanceOf(Error)
    expectTrue(conflict.code === "version_conflict", conflict.code)
    expect([conflict.current_version, conflict.current.status]).toEqual([2, "completed"])
    expect(conflict.message).toContain(conflict.request_id)
    const invalid = await failureOf(client.tasks.createTask({ payload: { title: "x" } }))
    expectTrue(invalid.code === "validation_failed", invalid.code)
    expect(invalid.errors).toEqual([{ path: "body.title", message: "must have 3 to 200 characters" }])
    const missing = await failureOf(client.tasks.deleteTask({ params: { task_id: unknownId } }))
    expect([missing._tag, missing.code]).toEqual(["ProblemError", "task_not_found"])
  })

  it("writes what is in a path so that it stays in its place", async () => {
    const failure = await failureOf(client.tasks.getTask({ params: { task_id: "../users/me?x=1" } }))
    expect(failure).toMatchObject({ code: "validation_failed" })
  })

  it("lists all tasks, page by page and only as far as they are asked for", async () => {
    const watched = watchedClient({ url: service.url })
    const { auth, tasks } = watched.client
    await runPromise(auth.register({ payload: newAccount() }))
    for (let index = 0; index < 7; index++) {
      await runPromise(tasks.createTask({ payload: { title: `Task ${index}`, priority: index < 2 ? "low" : "high" } }))
    }
    watched.sent.length = 0
    const query = { limit: 2, sort: "created_at", order: "asc" } as const
    const all = await runPromise(Stream.runCollect(tasks.listAll(query)))
    expect(all.map(({ title }) => title)).toEqual([0, 1, 2, 3, 4, 5, 6].map((index) => `Task ${index}`))
    expect(watched.sent).toEqual(Array.from({ length: 4 }, () => "GET /api/v1/tasks"))
    expect(await runPromise(Stream.runCollect(tasks.listAll({ ...query, priority: "low" })))).toHaveLength(2)
    expect(await runPromise(Stream.runCollect(Stream.take(tasks.listAll(query), 2)))).toHaveLength(2)
    expect(watched.sent).toHaveLength(6)
    expect(await runPromise(Stream.runCollect(tasks.listAll({ status: "completed" })))).toEqual([])
    expect(await runPromise(Stream.runCollect(tasks.listAll()))).toHaveLength(7)
  })

  it("lists all tasks though those that were read are deleted meanwhile", async () => {
    const { auth, tasks } = watchedClient({ url: service.url }).client
    await runPromise(auth.register({ payload: newAccount() }))
    for (let index = 0; index < 7; index++) {
      await runPromise(tasks.createTask({ payload: { title: `Task ${index}` } }))
    }
    const query = { limit: 2, sort: "created_at", order: "asc" } as const
    const read = tasks.listAll(query).pipe(
      Stream.mapEffect(({ id, title }) => Effect.as(tasks.deleteTask({ params: { task_id: id } }), title)),
      Stream.runCollect,
    )
    expect(await runPromise(read)).toEqual([0, 1, 2, 3, 4, 5, 6].map((index) => `Task ${index}`))
  })

  it("lists tasks by a page's number or by cursor, as the query says", async () => {
    const { auth, tasks } = watchedClient({ url: service.url }).client
    await runPromise(auth.register({ payload: newAccount() }))
    for (const title of ["Buy milk", "Water the plants", "Mow the lawn"]) {
      await runPromise(tasks.createTask({ payload: { title } }))
    }
    const numbered = await runPromise(tasks.listTasks({ query: { page: 2, limit: 2 } }))
    expect([numbered.data.length, numbered.total, numbered.page]).toEqual([1, 3, 2])
    const first = await runPromise(tasks.listTasks({ query: { cursor: "", limit: 2 } }))
    const second = await runPromise(tasks.listTasks({ query: { cursor: first.next_cursor ?? "", limit: 2 } }))
    expect(second).toEqual({ data: numbered.data, next_cursor: null, changes_cursor: first.changes_cursor, limit: 2 })
    const refused = await failureOf(tasks.listTasks({ query: { cursor: first.next_cursor ?? "", order: "asc" } }))
    expect(refused).toMatchObject({ code: "cursor_mismatch", status: 400 })
  })

  it("tells what the service last said of its limit", async () => {
    const fresh = watchedClient({ url: service.url }).client
    expect(await runPromise(fresh.rateLimit)).toBeNull()
    await failureOf(fresh.users.getMe())
    const first = await runPromise(fresh.rateLimit)
    expectPresent(first)
    expect(first.policy).toBe("ip")
    await runPromise(fresh.service.getHealth())
    await failureOf(fresh.users.getMe())
    expect((await runPromise(fresh.rateLimit))?.remaining).toBe(first.remaining - 1)
  })
})
