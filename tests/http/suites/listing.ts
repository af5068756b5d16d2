/** Tests the pages, filters and orders of the list of tasks. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { TaskResource } from "../../../adapters/http/api/v1/TaskResource.ts"
import { type CategoryResponse, fields, keysOf, type TaskPage, type TaskResponse } from "../Answers.ts"
import { type Client, register, type SuitePorts, startClient, type User } from "../Client.ts"

const priorities = ["low", "medium", "high"] as const
const statuses = ["pending", "in_progress", "completed"] as const
const day = (number: number) => `2090-01-${String(number).padStart(2, "0")}T00:00:00.000Z`

export const suite = (name: string, ports: SuitePorts) =>
  describe(`the list of tasks on ${name}`, () => {
    let client: Client
    let ada: User
    let tasks: ReadonlyArray<TaskResource>
    let categoryId: string
    beforeAll(async () => {
      client = await startClient(ports)
      ada = await register(client)
      const ask = <Body>(method: string, path: string, body?: unknown) =>
        client.ask<Body>(method, path, { token: ada.access_token, body })
      categoryId = (await ask<CategoryResponse>("POST", "/api/v1/categories", { name: "Garden" })).body.category.id
      const created: Array<TaskResource> = []
      for (let index = 0; index < 30; index++) {
        const { task } = (
          await ask<TaskResponse>("POST", "/api/v1/tasks", {
            title: `Task ${index}`,
            priority: priorities[index % 3],
            // Many tasks share a day and some have no due date, so that every order has ties.
            due_date: index % 5 === 0 ? null : day(1 + (index % 4)),
          })
        ).body
        created.push(task)
      }
      // Tasks are updated in the reverse of their creation order, and to different statuses.
      for (const [index, { id }] of [...created.entries()].reverse()) {
        if (index % 2 === 0) {
          await ask("PATCH", `/api/v1/tasks/${id}`, { version: 1, status: statuses[index % 3] })
        }
        if (index % 7 === 0) await ask("POST", `/api/v1/tasks/${id}/categories/${categoryId}`)
      }
      const deleted = created[4]
      await ask("DELETE", `/api/v1/tasks/${deleted?.id}`)
      tasks = await Promise.all(
        created
          .filter((task) => task !== deleted)
          .map(async ({ id }) => (await ask<TaskResponse>("GET", `/api/v1/tasks/${id}`)).body.task),
      )
    })
    afterAll(() => client.stop())

    const list = async (parameters: Record<string, string | number> = {}) => {
      const query = new URLSearchParams(Object.entries(parameters).map(([key, value]) => [key, String(value)]))
      const { body, status } = await client.ask<TaskPage>("GET", `/api/v1/tasks?${query}`, { token: ada.access_token })
      expect(status).toBe(200)
      return body
    }
    const idsOf = (some: ReadonlyArray<TaskResource>) => some.map(({ id }) => id)

    const keys = {
      created_at: (task: TaskResource) => task.created_at,
      updated_at: (task: TaskResource) => task.updated_at,
      due_date: (task: TaskResource) => task.due_date,
      priority: (task: TaskResource) => String(priorities.indexOf(task.priority)),
    }

    /**
     * Sorts by the key. A missing value is last in both directions, and ties are sorted by id in the direction of the
     * order.
     */
    const sorted = (sort: keyof typeof keys, order: string) => {
      const sign = order === "asc" ? 1 : -1
      const key = keys[sort]
      return [...tasks].sort((one, other) => {
        const [a, b] = [key(one), key(other)]
        if (a !== b && (a === null || b === null)) return a === null ? 1 : -1
        return sign * (a !== b ? ((a ?? "") < (b ?? "") ? -1 : 1) : one.id < other.id ? -1 : 1)
      })
    }

    it("a list without parameters returns the newest 20 tasks, and counts all", async () => {
      const page = await list()
      expect(keysOf(page)).toEqual(fields.page)
      expect(page).toMatchObject({ total: 29, page: 1, limit: 20 })
      expect(page.data).toEqual(sorted("created_at", "desc").slice(0, 20))
      for (const task of page.data) expect(keysOf(task)).toEqual(fields.task)
    })

    for (const sort of ["created_at", "updated_at", "due_date", "priority"] as const) {
      for (const order of ["asc", "desc"]) {
        it(`by ${sort} ${order}, the pages together are the whole list`, async () => {
          expect(idsOf((await list({ sort, order, limit: 100 })).data)).toEqual(idsOf(sorted(sort, order)))
          const pages = []
          for (let page = 1; page <= 5; page++) pages.push(await list({ sort, order, limit: 7, page }))
          expect(idsOf(pages.flatMap(({ data }) => data))).toEqual(idsOf(sorted(sort, order)))
          expect(pages.map(({ data, limit, page, total }) => [data.length, limit, page, total])).toEqual([
            [7, 7, 1, 29],
            [7, 7, 2, 29],
            [7, 7, 3, 29],
            [7, 7, 4, 29],
            [1, 7, 5, 29],
          ])
        })
      }
    }

    it("the order without a sort is that of creation, and without an order the sort descends", async () => {
      expect(idsOf((await list({ order: "asc", limit: 100 })).data)).toEqual(idsOf(sorted("created_at", "asc")))
      expect(idsOf((await list({ sort: "priority", limit: 100 })).data)).toEqual(idsOf(sorted("priority", "desc")))
    })

    it("a page behind the last is empty, however far", async () => {
      for (const page of [6, 1_000_000_000]) {
        expect(await list({ page, limit: 7 })).toEqual({ data: [], total: 29, page, limit: 7 })
      }
    })

    it("filters select exactly the matching tasks, alone and together", async () => {
      const cases: ReadonlyArray<readonly [Record<string, string>, (task: TaskResource) => boolean]> = [
        ...statuses.map((status) => [{ status }, (task: TaskResource) => task.status === status] as const),
        ...priorities.map((priority) => [{ priority }, (task: TaskResource) => task.priority === priority] as const),
        [{ category_id: categoryId }, (task) => task.categories.length > 0],
        [{ category_id: categoryId.toUpperCase() }, (task) => task.categories.length > 0],
        [{ category_id: ada.user.id }, () => false],
        [{ due_from: day(3) }, (task) => task.due_date !== null && task.due_date >= day(3)],
        [{ due_to: day(2) }, (task) => task.due_date !== null && task.due_date <= day(2)],
        [{ due_from: day(2), due_to: day(2) }, (task) => task.due_date === day(2)],
        // The same instant with another offset.
        [
          { due_from: "2090-01-02T02:00:00+02:00", due_to: "2090-01-01T20:00:00-04:00" },
          (task) => task.due_date === day(2),
        ],
        [{ due_from: "2090-01-02T00:00:00.001Z" }, (task) => task.due_date !== null && task.due_date > day(2)],
        [{ due_from: day(3), due_to: day(2) }, () => false],
        [
          { status: "pending", priority: "low", due_to: day(4) },
          (task) => task.status === "pending" && task.priority === "low" && task.due_date !== null,
        ],
        [
          { category_id: categoryId, status: "completed" },
          (task) => task.categories.length > 0 && task.status === "completed",
        ],
      ]
      let matched = 0
      for (const [parameters, matches] of cases) {
        const expected = sorted("created_at", "desc").filter(matches)
        const { data, total } = await list({ ...parameters, limit: 100 })
        expect([parameters, idsOf(data), total]).toEqual([parameters, idsOf(expected), expected.length])
        const part = await list({ ...parameters, limit: 2 })
        expect([part.data.length, part.total]).toEqual([Math.min(2, expected.length), expected.length])
        matched += expected.length
      }
      expect(matched).toBeGreaterThan(50)
    })
  })
