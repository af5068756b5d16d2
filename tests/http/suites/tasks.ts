/** Tests the endpoints for single tasks, also under concurrent requests. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import {
  type CategoryResponse,
  fields,
  keysOf,
  type Problem,
  type TaskPage,
  type TaskResponse,
  utcTime,
  uuidV7,
} from "../Answers.ts"
import { atOnce, type Client, countStatuses, register, type SuitePorts, startClient, type User } from "../Client.ts"

export const suite = (name: string, ports: SuitePorts) =>
  describe(`tasks on ${name}`, () => {
    let client: Client
    let ada: User
    beforeAll(async () => {
      client = await startClient(ports)
      ada = await register(client)
    })
    afterAll(() => client.stop())

    const ask = <Body>(method: string, path: string, body?: unknown) =>
      client.ask<Body>(method, path, { token: ada.access_token, body })
    const create = async (body: object = { title: "Water the plants" }) =>
      (await ask<TaskResponse>("POST", "/api/v1/tasks", body)).body.task
    const get = (id: string) => ask<TaskResponse & Problem>("GET", `/api/v1/tasks/${id}`)
    const patch = (id: string, body: object) => ask<TaskResponse & Problem>("PATCH", `/api/v1/tasks/${id}`, body)
    const createCategory = async (name: string) =>
      (await ask<CategoryResponse>("POST", "/api/v1/categories", { name })).body.category

    it("a new task is pending, of medium priority, and found where its location says", async () => {
      const { body, headers, status } = await ask<TaskResponse>("POST", "/api/v1/tasks", {
        title: "  Water the plants ",
      })
      expect(status).toBe(201)
      expect(keysOf(body)).toEqual(["task"])
      expect(keysOf(body.task)).toEqual(fields.task)
      expect(body.task).toEqual({
        id: expect.stringMatching(uuidV7),
        user_id: ada.user.id,
        title: "Water the plants",
        description: null,
        status: "pending",
        priority: "medium",
        due_date: null,
        categories: [],
        version: 1,
        created_at: expect.stringMatching(utcTime),
        updated_at: body.task.created_at,
      })
      expect(headers.get("location")).toBe(`/api/v1/tasks/${body.task.id}`)
      expect(headers.get("etag")).toBe('"1"')
      const found = await ask<TaskResponse>("GET", headers.get("location") ?? "")
      expect(found.status).toBe(200)
      expect(found.body).toEqual(body)
      expect(found.headers.get("etag")).toBe('"1"')
    })

    it("a task stores the given fields, and its due date in UTC", async () => {
      const task = await create({
        title: "Água 💧",
        description: "  as it is\n",
        priority: "high",
        due_date: "2099-12-31T23:30:00.1239-02:00",
      })
      expect(task).toMatchObject({
        title: "Água 💧",
        description: "  as it is\n",
        priority: "high",
        due_date: "2100-01-01T01:30:00.123Z",
      })
      expect((await get(task.id)).body.task).toEqual(task)
    })

    it("an id is found in either case", async () => {
      const task = await create()
      expect((await get(task.id.toUpperCase())).body.task).toEqual(task)
    })

    it("a patch changes what it names, clears what it sets to null, and leaves the rest", async () => {
      const task = await create({
        title: "Water the plants",
        description: "all of them",
        due_date: "2099-01-01T00:00:00Z",
        priority: "low",
      })
      const first = await patch(task.id, { version: 1, status: "in_progress", description: null })
      expect(first.status).toBe(200)
      expect(first.headers.get("etag")).toBe('"2"')
      expect(keysOf(first.body.task)).toEqual(fields.task)
      const { updated_at } = first.body.task
      expect(first.body.task).toEqual({ ...task, status: "in_progress", description: null, version: 2, updated_at })
      expect(updated_at >= task.updated_at).toBe(true)
      const second = await patch(task.id, {
        version: 2,
        title: "Done",
        description: "",
        due_date: null,
        priority: "high",
        status: "completed",
      })
      expect(second.body.task).toMatchObject({
        title: "Done",
        description: "",
        due_date: null,
        priority: "high",
        status: "completed",
        version: 3,
      })
      expect((await get(task.id)).body).toEqual(second.body)
    })

    it("a patch with only its version changes nothing, but still has to name the right one", async () => {
      const task = await create()
      const { body, headers, status } = await patch(task.id, { version: 1 })
      expect([status, headers.get("etag")]).toEqual([200, '"1"'])
      expect(body.task).toEqual(task)
      expect((await patch(task.id, { version: 2 })).status).toBe(400)
      expect((await get(task.id)).body.task).toEqual(task)
    })

    it("a patch with another version is a conflict that shows the task as it stands", async () => {
      const task = await create()
      const changed = (await patch(task.id, { version: 1, title: "Water the garden" })).body.task
      const { body, status } = await patch(task.id, { version: 1, title: "Lost" })
      expect([status, body.code]).toEqual([409, "version_conflict"])
      expect(keysOf(body)).toEqual([...fields.problem, ...fields.conflict].sort())
      expect(body.current_version).toBe(2)
      expect(body.current).toEqual(changed)
      for (const version of [3, 2_147_483_647]) {
        expect((await patch(task.id, { version, title: "Lost" })).body.code).toBe("unknown_version")
      }
    })

    it("exactly one of 64 concurrent patches of one version succeeds", async () => {
      const task = await create()
      const answers = await atOnce(64, (index) => patch(task.id, { version: 1, title: `Writer ${index}` }))
      expect(countStatuses(answers)).toEqual({ 200: 1, 409: 63 })
      const winner = answers.find(({ status }) => status === 200)?.body.task
      expect(winner?.version).toBe(2)
      expect((await get(task.id)).body.task).toEqual(winner)
      for (const { body } of answers) if (body.code !== undefined) expect(body.current).toEqual(winner)
    })

    it("a due date in the past is refused", async () => {
      const task = await create({ title: "Water the plants", due_date: "2099-01-01T00:00:00Z" })
      for (const due_date of ["2020-01-01T00:00:00Z", "1970-01-01T00:00:00Z", new Date(Date.now()).toISOString()]) {
        const answers = [
          await ask<Problem>("POST", "/api/v1/tasks", { title: "Too late", due_date }),
          await patch(task.id, { version: 1, due_date }),
          // An invalid field takes precedence over a missing task.
          await patch(ada.user.id, { version: 1, due_date }),
        ]
        for (const { body } of answers) {
          expect([body.status, body.code]).toEqual([400, "validation_failed"])
          expect(body.errors).toEqual([{ path: "body.due_date", message: "must be in the future" }])
        }
      }
      expect((await get(task.id)).body.task).toEqual(task)
    })

    it("no request finds a deleted task", async () => {
      const task = await create()
      const category = await createCategory("Garden")
      const deleted = await ask("DELETE", `/api/v1/tasks/${task.id}`)
      expect([deleted.status, deleted.text]).toEqual([204, ""])
      const calls = [
        ["GET", `/api/v1/tasks/${task.id}`, undefined],
        ["PATCH", `/api/v1/tasks/${task.id}`, { version: 1, title: "Back again" }],
        ["DELETE", `/api/v1/tasks/${task.id}`, undefined],
        ["POST", `/api/v1/tasks/${task.id}/categories/${category.id}`, undefined],
        ["DELETE", `/api/v1/tasks/${task.id}/categories/${category.id}`, undefined],
      ] as const
      for (const [method, path, body] of calls) {
        const answer = await ask<Problem>(method, path, body)
        expect([method, answer.status, answer.body.code]).toEqual([method, 404, "task_not_found"])
      }
      const list = await ask<TaskPage>("GET", "/api/v1/tasks?limit=100")
      expect(list.body.data.map(({ id }) => id)).not.toContain(task.id)
    })

    it("exactly one of many concurrent deletions of a task succeeds, whatever its version", async () => {
      const task = await create()
      await patch(task.id, { version: 1, title: "Another version" })
      const answers = await atOnce(8, () => ask("DELETE", `/api/v1/tasks/${task.id}`))
      expect(countStatuses(answers)).toEqual({ 204: 1, 404: 7 })
    })

    it("assigning and removing a category each raise the version of the task", async () => {
      const task = await create()
      const [b, a] = [await createCategory("Bees"), await createCategory("Ants")]
      const on = (category: { id: string }) => `/api/v1/tasks/${task.id}/categories/${category.id}`
      const first = await ask<TaskResponse>("POST", on(b))
      expect(first.status).toBe(200)
      expect(keysOf(first.body.task)).toEqual(fields.task)
      expect(first.body.task).toMatchObject({ categories: [b], version: 2 })
      expect(first.headers.get("etag")).toMatch(/^"2\.[\w-]+"$/)
      const second = await ask<TaskResponse>("POST", on(a))
      expect(second.body.task).toMatchObject({ categories: [a, b], version: 3 })
      for (const category of second.body.task.categories) expect(keysOf(category)).toEqual(fields.category)

      const again = await ask<Problem>("POST", on(a))
      expect([again.status, again.body.code]).toEqual([409, "category_already_assigned"])
      expect((await get(task.id)).body.task.version).toBe(3)

      const removed = await ask("DELETE", on(b))
      expect([removed.status, removed.text]).toEqual([204, ""])
      expect((await get(task.id)).body.task).toMatchObject({ categories: [a], version: 4 })
      const gone = await ask<Problem>("DELETE", on(b))
      expect([gone.status, gone.body.code]).toEqual([404, "category_not_found"])
      expect((await get(task.id)).body.task.version).toBe(4)
    })

    it("exactly one of many concurrent assignments of one category to a task succeeds", async () => {
      const task = await create()
      const category = await createCategory("Crowded")
      const path = `/api/v1/tasks/${task.id}/categories/${category.id}`
      expect(countStatuses(await atOnce(16, () => ask("POST", path)))).toEqual({ 200: 1, 409: 15 })
      expect((await get(task.id)).body.task).toMatchObject({ categories: [category], version: 2 })
      expect(countStatuses(await atOnce(16, () => ask("DELETE", path)))).toEqual({ 204: 1, 404: 15 })
      expect((await get(task.id)).body.task).toMatchObject({ categories: [], version: 3 })
    })

    it("concurrent assignments of different categories to one task all succeed", async () => {
      const task = await create()
      const categories = await atOnce(8, (index) => createCategory(`Parallel ${index}`))
      const answers = await atOnce(8, (index) =>
        ask("POST", `/api/v1/tasks/${task.id}/categories/${categories[index]?.id}`),
      )
      expect(countStatuses(answers)).toEqual({ 200: 8 })
      const { task: after } = (await get(task.id)).body
      expect(after.categories).toEqual(categories)
      expect(after.version).toBe(9)
    })

    it("what does not exist is not found: the task is looked for first, then the category", async () => {
      const task = await create()
      const nowhere = ada.user.id
      const calls = [
        ["GET", `/api/v1/tasks/${nowhere}`, "task_not_found"],
        ["DELETE", `/api/v1/tasks/${nowhere}`, "task_not_found"],
        ["POST", `/api/v1/tasks/${nowhere}/categories/${nowhere}`, "task_not_found"],
        ["DELETE", `/api/v1/tasks/${nowhere}/categories/${nowhere}`, "task_not_found"],
        ["POST", `/api/v1/tasks/${task.id}/categories/${nowhere}`, "category_not_found"],
        ["DELETE", `/api/v1/tasks/${task.id}/categories/${nowhere}`, "category_not_found"],
      ] as const
      for (const [method, path, code] of calls) {
        const { body, status } = await ask<Problem>(method, path)
        expect([method, path, status, body.code]).toEqual([method, path, 404, code])
      }
      expect((await patch(nowhere, { version: 1 })).body.code).toBe("task_not_found")
    })

    it("a HEAD request is answered like GET, without a body", async () => {
      const task = await create()
      const [head, got] = [await ask("HEAD", `/api/v1/tasks/${task.id}`), await get(task.id)]
      expect([head.status, head.text]).toEqual([200, ""])
      for (const name of ["content-type", "content-length", "etag", "cache-control", "vary"]) {
        expect([name, head.headers.get(name)]).toEqual([name, got.headers.get(name)])
      }
      expect(got.headers.get("cache-control")).toBe("private, no-cache")
      expect(got.headers.get("vary")).toContain("Authorization")
    })
  })
