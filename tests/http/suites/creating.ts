/** Tests the creation of tasks with a status and with categories. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { CategoryResponse, Problem, TaskPage, TaskResponse } from "../Answers.ts"
import { atOnce, type Client, countStatuses, register, type SuitePorts, startClient, type User } from "../Client.ts"

/** Tests tasks that are created with a status and categories in one request. */
export const suite = (name: string, ports: SuitePorts) =>
  describe(`new tasks on ${name}`, () => {
    let client: Client
    let ada: User
    let eve: User
    beforeAll(async () => {
      client = await startClient(ports)
      ada = await register(client)
      eve = await register(client)
    })
    afterAll(() => client.stop())

    const ask = <Body = TaskResponse & Problem>(method: string, path: string, body?: unknown, user = ada) =>
      client.ask<Body>(method, path, { token: user.access_token, body })
    const create = (body: object) => ask("POST", "/api/v1/tasks", { title: "Water the plants", ...body })
    let labels = 0
    const createCategory = async (user = ada) =>
      (await ask<CategoryResponse>("POST", "/api/v1/categories", { name: `Label ${++labels}` }, user)).body.category
    const countTasks = async () => (await ask<TaskPage>("GET", "/api/v1/tasks?limit=1")).body.total

    it("have the given fields and the first version", async () => {
      const [b, a] = [await createCategory(), await createCategory()]
      const { body, headers, status } = await create({
        status: "in_progress",
        category_ids: [a.id, b.id.toUpperCase()],
      })
      expect(status).toBe(201)
      expect(body.task).toMatchObject({ status: "in_progress", categories: [b, a], version: 1 })
      const found = await ask("GET", headers.get("location") ?? "")
      expect(found.body).toEqual({ task: body.task })
      expect(headers.get("etag")).toMatch(/^"1\.[\w-]+"$/)
      expect(found.headers.get("etag")).toBe(headers.get("etag"))
      const listed = await ask<TaskPage>("GET", `/api/v1/tasks?category_id=${a.id}&status=in_progress`)
      expect(listed.body.data).toEqual([body.task])
    })

    it("are pending and without categories by default", async () => {
      for (const body of [{}, { category_ids: [] }, { status: "pending", category_ids: [] }]) {
        const { body: answer, headers, status } = await create(body)
        expect([status, answer.task.status, answer.task.categories]).toEqual([201, "pending", []])
        expect(headers.get("etag")).toBe('"1"')
      }
    })

    it("are created completely or not at all", async () => {
      const before = await countTasks()
      const [mine, hers] = [await createCategory(), await createCategory(eve)]
      const deleted = await createCategory()
      await ask("DELETE", `/api/v1/categories/${deleted.id}`)
      const nowhere = "00000000-0000-7000-8000-000000000000"
      for (const [category_ids, status, code] of [
        [[mine.id, nowhere], 404, "category_not_found"],
        [[mine.id, deleted.id], 404, "category_not_found"],
        [[mine.id, hers.id], 403, "not_owner"],
        [[hers.id, nowhere], 403, "not_owner"],
        [[nowhere, hers.id], 404, "category_not_found"],
      ] as const) {
        const answer = await create({ category_ids })
        expect([category_ids, answer.status, answer.body.code]).toEqual([category_ids, status, code])
      }
      // An invalid value takes precedence over a missing category.
      const past = await create({ category_ids: [nowhere], due_date: "2020-01-01T00:00:00Z" })
      expect([past.status, past.body.errors?.map(({ path }) => path)]).toEqual([400, ["body.due_date"]])
      for (const category_ids of [[nowhere, "nonsense"], [mine.id, mine.id], [1]]) {
        expect((await create({ category_ids })).status).toBe(400)
      }
      const named = await create({ category_ids: [mine.id, "nonsense", nowhere, ""] })
      expect(named.body.errors?.map(({ path }) => path)).toEqual(["body.category_ids.1", "body.category_ids.3"])
      expect(await countTasks()).toBe(before)
    })

    it("are created completely or refused during the deletion of their category", async () => {
      const [kept, going] = [await createCategory(), await createCategory()]
      const before = await countTasks()
      const answers = await atOnce(12, (index) =>
        index === 6 ? ask("DELETE", `/api/v1/categories/${going.id}`) : create({ category_ids: [kept.id, going.id] }),
      )
      const { 201: made = 0, ...others } = countStatuses(answers)
      expect(Object.keys(others).every((status) => status === "204" || status === "404")).toBe(true)
      expect(await countTasks()).toBe(before + made)
      const { data } = (await ask<TaskPage>("GET", `/api/v1/tasks?category_id=${kept.id}`)).body
      expect(data.length).toBe(made)
      for (const { categories } of data) expect(categories).toEqual([kept])
    })
  })
