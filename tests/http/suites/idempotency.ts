/** Tests requests that are sent again with the same idempotency key. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { Answer, Ask } from "../../support/http.ts"
import type { CategoryResponse, Problem, TaskPage, TaskResponse } from "../Answers.ts"
import { atOnce, type Client, countStatuses, register, type SuitePorts, startClient, type User } from "../Client.ts"

type Body = TaskResponse & CategoryResponse & Problem

export const suite = (name: string, ports: SuitePorts) =>
  describe(`idempotency on ${name}`, () => {
    let client: Client
    let ada: User
    beforeAll(async () => {
      client = await startClient(ports)
      ada = await register(client)
    })
    afterAll(() => client.stop())

    const ask = (method: string, path: string, { headers, token = ada.access_token, ...more }: Ask = {}) =>
      client.ask<Body>(method, path, { token, headers, ...more })
    let keys = 0
    const newKey = () => `key-${++keys}`
    /** Sends the request with the key. */
    const send = (key: string, method: string, path: string, more: Ask = {}) =>
      ask(method, path, { ...more, headers: { ...more.headers, "idempotency-key": key } })
    const createTask = async () =>
      (await ask("POST", "/api/v1/tasks", { body: { title: "Water the plants" } })).body.task
    let labels = 0
    const createCategory = async () =>
      (await ask("POST", "/api/v1/categories", { body: { name: `Label ${++labels}` } })).body.category
    const countTasks = async () =>
      (await client.ask<TaskPage>("GET", "/api/v1/tasks?limit=1", { token: ada.access_token })).body.total

    const kept = ["location", "etag", "undo-id", "content-type"] as const
    const expectReplay = (first: Answer<Body>, again: Answer<Body>) => {
      expect([again.status, again.text, again.headers.get("idempotency-replayed")]).toEqual([
        first.status,
        first.text,
        "true",
      ])
      for (const header of kept)
        expect([header, again.headers.get(header)]).toEqual([header, first.headers.get(header)])
      expect(first.headers.get("idempotency-replayed")).toBeNull()
      expect(again.headers.get("x-request-id")).not.toBe(first.headers.get("x-request-id"))
      expect(again.headers.get("ratelimit")).not.toBeNull()
    }
    const codeOf = ({ body, status }: Answer<Body>) => [status, body.code]

    it("50 equal requests at once create one task, and get equal bodies", async () => {
      const before = await countTasks()
      const key = newKey()
      const answers = await atOnce(50, () => send(key, "POST", "/api/v1/tasks", { body: { title: "Buy milk" } }))
      expect(countStatuses(answers)).toEqual({ 201: 50 })
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
      for (const header of kept) expect(new Set(answers.map(({ headers }) => headers.get(header))).size).toBe(1)
      expect(answers.filter(({ headers }) => headers.get("idempotency-replayed") === "true")).toHaveLength(49)
      expect(new Set(answers.map(({ headers }) => headers.get("x-request-id"))).size).toBe(50)
      expect(await countTasks()).toBe(before + 1)
    })

    it("each kind of change has one effect, and its response again", async () => {
      const [task, category] = [await createTask(), await createCategory()]
      const path = `/api/v1/tasks/${task.id}`
      const label = `${path}/categories/${category.id}`
      const calls: ReadonlyArray<readonly [method: string, path: string, more: Ask, status: number]> = [
        ["POST", "/api/v1/tasks", { body: { title: "Buy milk" } }, 201],
        ["PATCH", path, { body: { version: 1, title: "Buy oat milk" } }, 200],
        ["PATCH", path, { body: { priority: "high" }, headers: { "if-match": '"2"' } }, 200],
        ["POST", label, {}, 200],
        ["DELETE", label, {}, 204],
        ["DELETE", path, { headers: { "if-match": '"5"' } }, 204],
        ["POST", "/api/v1/categories", { body: { name: "Kitchen" } }, 201],
        ["DELETE", `/api/v1/categories/${category.id}`, {}, 204],
      ]
      for (const [method, target, more, status] of calls) {
        const key = newKey()
        const first = await send(key, method, target, more)
        expect([method, target, first.status]).toEqual([method, target, status])
        expect(first.headers.get("undo-id")).not.toBeNull()
        expectReplay(first, await send(key, method, target, more))
        expectReplay(first, await send(key, method, target, more))
      }
    })

    it("a change that changes nothing is repeated, whatever was changed since", async () => {
      const task = await createTask()
      const path = `/api/v1/tasks/${task.id}`
      const key = newKey()
      const same = { body: { version: 1, title: task.title } }
      const first = await send(key, "PATCH", path, same)
      expect([first.status, first.headers.get("undo-id")]).toEqual([200, null])
      await ask("PATCH", path, { body: { version: 1, title: "Buy milk" } })
      expectReplay(first, await send(key, "PATCH", path, same))
    })

    it("the spelling of the key and of the body does not matter, and everything else does", async () => {
      const task = await createTask()
      const path = `/api/v1/tasks/${task.id}`
      const key = newKey()
      const first = await send(key, "PATCH", path, { raw: '{"version":1,"title":"Buy milk","priority":"high"}' })
      const raw = '{ "priority": "high",\n"title": "Buy\\u0020milk", "version": 1.0 }'
      expectReplay(first, await send(`"${key}"`, "PATCH", path, { raw }))
      const reused: ReadonlyArray<readonly [string, string, Ask]> = [
        ["PATCH", path, { body: { version: 1, title: "Buy milk", priority: "low" } }],
        ["PATCH", path, { body: { version: 2, title: "Buy milk", priority: "high" } }],
        ["PATCH", path, { raw, headers: { "if-match": '"1"' } }],
        ["PATCH", path, { body: { version: 2, title: "Buy milk" } }],
        ["PATCH", `/api/v1/tasks/${(await createTask()).id}`, { raw }],
        ["POST", "/api/v1/tasks", { body: { title: "Buy milk" } }],
        ["DELETE", path, {}],
        ["DELETE", `/api/v1/tasks/${ada.user.id}`, {}],
      ]
      for (const [method, target, more] of reused) {
        const answer = await send(key, method, target, more)
        expect([method, target, ...codeOf(answer)]).toEqual([method, target, 422, "idempotency_key_reused"])
      }
      expect((await ask("GET", path)).body.task).toEqual(first.body.task)
      // Keys belong to a user.
      const eve = await register(client)
      const hers = await send(key, "POST", "/api/v1/tasks", { body: { title: "Buy milk" }, token: eve.access_token })
      expect([hers.status, hers.headers.get("idempotency-replayed")]).toEqual([201, null])
    })

    it("a refusal leaves the key as new", async () => {
      const key = newKey()
      const taken = (await ask("POST", "/api/v1/categories", { body: { name: "Garden" } })).body.category
      const create = () => send(key, "POST", "/api/v1/categories", { body: { name: "Garden" } })
      expect(codeOf(await create())).toEqual([409, "category_name_taken"])
      expect(codeOf(await send(key, "POST", "/api/v1/categories", { body: { name: "x" } }))).toEqual([
        400,
        "validation_failed",
      ])
      await ask("DELETE", `/api/v1/categories/${taken.id}`)
      const first = await create()
      expect(first.status).toBe(201)
      expectReplay(first, await create())
    })

    it("requests at once with one key and different bodies have one effect", async () => {
      const before = await countTasks()
      const key = newKey()
      const answers = await atOnce(20, (index) =>
        send(key, "POST", "/api/v1/tasks", { body: { title: `Buy milk ${index % 2}` } }),
      )
      expect(countStatuses(answers)).toEqual({ 201: 10, 422: 10 })
      expect(await countTasks()).toBe(before + 1)
    })

    it.each([
      ["empty", ""],
      ["too long", "x".repeat(256)],
      ["more than one word", "one two"],
      ["outside ASCII", "sch\u00f6n"],
      ["an open quote", '"one'],
    ])("a key that is %s is refused, and nothing is done", async (_, key) => {
      const before = await countTasks()
      const answer = await send(key, "POST", "/api/v1/tasks", { body: { title: "Buy milk" } })
      expect(codeOf(answer)).toEqual([400, "invalid_idempotency_key"])
      expect(await countTasks()).toBe(before)
    })

    it("a key of the greatest length is accepted, and a read ignores any", async () => {
      const key = "x".repeat(255)
      const first = await send(key, "POST", "/api/v1/tasks", { body: { title: "Buy milk" } })
      expectReplay(first, await send(key, "POST", "/api/v1/tasks", { body: { title: "Buy milk" } }))
      expect((await send("no key", "GET", `/api/v1/tasks/${first.body.task.id}`)).status).toBe(200)
    })

    it("calls with secrets in their responses refuse a key", async () => {
      const { email } = ada.user
      const calls: ReadonlyArray<readonly [string, string, unknown?]> = [
        ["POST", "register", { email: `new-${email}`, password: ada.password, full_name: "Ada" }],
        ["POST", "login", { email, password: ada.password }],
        ["POST", "refresh", { refresh_token: ada.refresh_token }],
        ["POST", "forgot-password", { email }],
        ["POST", "change-password", { current_password: ada.password, new_password: "Other horse 2" }],
        ["DELETE", `sessions/${ada.user.id}`],
        ["POST", "logout"],
      ]
      for (const [method, path, body] of calls) {
        const answer = await send(newKey(), method, `/api/v1/auth/${path}`, { body })
        expect([path, ...codeOf(answer)]).toEqual([path, 400, "idempotency_key_not_supported"])
      }
      expect((await ask("GET", "/api/v1/users/me")).status).toBe(200)
    })
  })
