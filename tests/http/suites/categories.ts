/** Tests the endpoints for categories, also under concurrent requests. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import {
  type CategoryList,
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
  describe(`categories on ${name}`, () => {
    let client: Client
    let ada: User
    let grace: User
    beforeAll(async () => {
      client = await startClient(ports)
      ada = await register(client)
      grace = await register(client)
    })
    afterAll(() => client.stop())

    const ask = <Body>(method: string, path: string, body?: unknown, user = ada) =>
      client.ask<Body>(method, path, { token: user.access_token, body })
    const create = (body: object, user = ada) =>
      ask<CategoryResponse & Problem>("POST", "/api/v1/categories", body, user)

    it("a created category is returned with its location", async () => {
      const { body, headers, status } = await create({ name: "  Garden 🌱 ", color: "#2e7D32" })
      expect(status).toBe(201)
      expect(keysOf(body)).toEqual(["category"])
      expect(keysOf(body.category)).toEqual(fields.category)
      expect(body.category).toEqual({
        id: expect.stringMatching(uuidV7),
        user_id: ada.user.id,
        name: "Garden 🌱",
        color: "#2e7D32",
        version: 1,
        created_at: expect.stringMatching(utcTime),
        updated_at: body.category.created_at,
      })
      expect(headers.get("location")).toBe(`/api/v1/categories/${body.category.id}`)
      expect((await create({ name: "Without colour" })).body.category.color).toBeNull()
      expect((await create({ name: "No colour", color: null })).body.category.color).toBeNull()
    })

    it("a category name is unique per user, also for concurrent requests", async () => {
      const answers = await atOnce(12, (index) => create({ name: index % 2 === 0 ? "Wanted" : " Wanted  " }))
      expect(countStatuses(answers)).toEqual({ 201: 1, 409: 11 })
      for (const { body, status } of answers) if (status === 409) expect(body.code).toBe("category_name_taken")
      expect((await create({ name: "Wanted" }, grace)).status).toBe(201)
      const { body } = await ask<CategoryList>("GET", "/api/v1/categories")
      expect(body.data.filter(({ name }) => name === "Wanted")).toHaveLength(1)
    })

    it("the list contains only the user's own categories, by name", async () => {
      const user = await register(client)
      const names = ["zebra", "Ärger", "apple", "Zebra", "😀😀😀", "\uffe6\uffe6\uffe6", "10 things", "9 things"]
      for (const name of names) await create({ name }, user)
      const { body, status } = await ask<CategoryList>("GET", "/api/v1/categories", undefined, user)
      expect(status).toBe(200)
      expect(keysOf(body)).toEqual(["changes_cursor", "data"])
      for (const category of body.data) expect(keysOf(category)).toEqual(fields.category)
      // The order is by code point.
      expect(body.data.map(({ name }) => name)).toEqual([
        "10 things",
        "9 things",
        "Zebra",
        "apple",
        "zebra",
        "Ärger",
        "\uffe6\uffe6\uffe6",
        "😀😀😀",
      ])
      const none = await register(client)
      expect((await ask<CategoryList>("GET", "/api/v1/categories", undefined, none)).body.data).toEqual([])
    })

    it("a deletion removes the category from its tasks, keeps the tasks, and frees the name", async () => {
      const { category } = (await create({ name: "Passing" })).body
      const { task } = (await ask<TaskResponse>("POST", "/api/v1/tasks", { title: "Water the plants" })).body
      await ask("POST", `/api/v1/tasks/${task.id}/categories/${category.id}`)
      const deleted = await ask("DELETE", `/api/v1/categories/${category.id}`)
      expect([deleted.status, deleted.text]).toEqual([204, ""])
      expect((await ask<TaskResponse>("GET", `/api/v1/tasks/${task.id}`)).body.task.categories).toEqual([])
      const list = await ask<TaskPage>("GET", `/api/v1/tasks?category_id=${category.id}`)
      expect(list.body).toMatchObject({ data: [], total: 0 })
      for (const [method, path] of [
        ["DELETE", `/api/v1/categories/${category.id}`],
        ["POST", `/api/v1/tasks/${task.id}/categories/${category.id}`],
        ["DELETE", `/api/v1/tasks/${task.id}/categories/${category.id}`],
      ] as const) {
        const { body } = await ask<Problem>(method, path)
        expect([method, body.status, body.code]).toEqual([method, 404, "category_not_found"])
      }
      expect((await create({ name: "Passing" })).status).toBe(201)
    })

    it("a category that is deleted during its assignment is on no task", async () => {
      const { category } = (await create({ name: "Contended" })).body
      const made = await atOnce(8, () => ask<TaskResponse>("POST", "/api/v1/tasks", { title: "Water the plants" }))
      const answers = await atOnce(9, (index) =>
        index === 4
          ? ask("DELETE", `/api/v1/categories/${category.id}`)
          : ask("POST", `/api/v1/tasks/${made[index > 4 ? index - 1 : index]?.body.task.id}/categories/${category.id}`),
      )
      for (const { status } of answers) expect([200, 204, 404]).toContain(status)
      expect(countStatuses(answers)[204]).toBe(1)
      for (const { body } of made) {
        expect((await ask<TaskResponse>("GET", `/api/v1/tasks/${body.task.id}`)).body.task.categories).toEqual([])
      }
    })
  })
