/** Tests lists of tasks that are read by cursor. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { TaskResource } from "../../../adapters/http/api/v1/TaskResource.ts"
import {
  type CategoryResponse,
  fields,
  keysOf,
  type Problem,
  type TaskCursorPage,
  type TaskPage,
  type TaskResponse,
} from "../Answers.ts"
import { type Client, register, type SuitePorts, startClient, type User } from "../Client.ts"

const priorities = ["low", "medium", "high"] as const
const day = (number: number) => `2090-01-${String(number).padStart(2, "0")}T00:00:00.000Z`

export const suite = (name: string, ports: SuitePorts) =>
  describe(`the list of tasks by cursor on ${name}`, () => {
    let client: Client
    let ada: User
    let categoryId: string
    beforeAll(async () => {
      client = await startClient(ports)
      ada = await register(client)
      const category = await ask<CategoryResponse>(ada, "POST", "/api/v1/categories", { name: "Garden" })
      categoryId = category.body.category.id
      for (let index = 0; index < 30; index++) await create(ada, index)
    })
    afterAll(() => client.stop())

    const ask = <Body>(user: User, method: string, path: string, body?: unknown) =>
      client.ask<Body>(method, path, { token: user.access_token, body })

    /** Many tasks share a day or a priority, and some have no due date, so that every order has ties. */
    const create = async (user: User, index: number) =>
      (
        await ask<TaskResponse>(user, "POST", "/api/v1/tasks", {
          title: `Task ${index}`,
          priority: priorities[index % 3],
          due_date: index % 5 === 0 ? null : day(1 + (index % 4)),
          ...(index % 7 === 0 && { category_ids: [categoryId] }),
        })
      ).body.task

    type Parameters = Readonly<Record<string, string | number>>
    const pathOf = (parameters: Parameters) =>
      `/api/v1/tasks?${new URLSearchParams(Object.entries(parameters).map(([name, value]) => [name, String(value)]))}`

    const list = async (user: User, parameters: Parameters) => {
      const { body, status } = await ask<TaskCursorPage>(user, "GET", pathOf(parameters))
      expect(status).toBe(200)
      expect(keysOf(body)).toEqual(fields.cursorPage)
      return body
    }

    /** Reads all pages. Calls `between` after each. */
    const listAll = async (
      user: User,
      parameters: Parameters,
      between?: (page: TaskCursorPage) => Promise<unknown>,
    ) => {
      const pages: Array<TaskCursorPage> = []
      let cursor: string | null = ""
      while (cursor !== null) {
        const page: TaskCursorPage = await list(user, { ...parameters, cursor })
        pages.push(page)
        await between?.(page)
        cursor = page.next_cursor
      }
      return pages
    }

    const refuse = async (parameters: Parameters, code: string, ...paths: ReadonlyArray<string>) => {
      const { body, status } = await ask<Problem>(ada, "GET", pathOf(parameters))
      expect([parameters, status, body.code]).toEqual([parameters, 400, code])
      expect((body.errors ?? []).map(({ path }) => path).sort()).toEqual([...paths].sort())
      return body
    }

    const idsOf = (tasks: ReadonlyArray<TaskResource>) => tasks.map(({ id }) => id)
    const tasksOf = (pages: ReadonlyArray<TaskCursorPage>) => pages.flatMap(({ data }) => data)

    it("an empty cursor starts the list, with 20 tasks and an opaque cursor of the next page", async () => {
      const first = await list(ada, { cursor: "" })
      expect([first.data.length, first.limit]).toEqual([20, 20])
      expect(first.next_cursor).toMatch(/^[A-Za-z0-9_-]{1,100}$/)
      const second = await list(ada, { cursor: first.next_cursor ?? "" })
      expect([second.data.length, second.limit, second.next_cursor]).toEqual([10, 20, null])
      for (const task of first.data) expect(keysOf(task)).toEqual(fields.task)
    })

    for (const sort of ["created_at", "updated_at", "due_date", "priority"]) {
      for (const order of ["asc", "desc"]) {
        it(`by ${sort} ${order}, the pages together are the list that numbered pages are`, async () => {
          for (const filter of [{}, { priority: "high" }, { category_id: categoryId }, { due_from: day(2) }]) {
            const numbered = (await ask<TaskPage>(ada, "GET", pathOf({ ...filter, sort, order, limit: 100 }))).body
            const pages = await listAll(ada, { ...filter, sort, order, limit: 4 })
            expect(tasksOf(pages)).toEqual(numbered.data)
            expect(pages.length).toBe(Math.ceil(numbered.total / 4))
          }
        })
      }
    }

    it("a page takes 1 to 200 tasks, and without a cursor 1 to 100", async () => {
      expect((await list(ada, { cursor: "", limit: 1 })).data.length).toBe(1)
      expect(await list(ada, { cursor: "", limit: 200 })).toMatchObject({ limit: 200, next_cursor: null })
      for (const limit of [0, 201, -1, 1.5, "many", ""]) {
        const { errors } = await refuse({ cursor: "", limit }, "validation_failed", "query.limit")
        if (typeof limit === "number" && limit >= 0 && Number.isInteger(limit)) {
          expect(errors?.[0]?.message).toBe("must be a whole number from 1 to 200")
        }
      }
      const { errors } = await refuse({ limit: 101 }, "validation_failed", "query.limit")
      expect(errors?.[0]?.message).toBe("must be a whole number from 1 to 100")
    })

    it("a cursor excludes a page, and one response reports all mistakes", async () => {
      const { errors } = await refuse({ cursor: "", page: 1 }, "validation_failed", "query.page")
      expect(errors?.[0]?.message).toBe("must be absent with cursor")
      const wrong = { page: "x", limit: 0, status: "done", before: "1" }
      const paths = ["query.before", "query.limit", "query.page", "query.status"]
      await refuse({ cursor: "x", ...wrong }, "validation_failed", ...paths)
      await refuse(wrong, "validation_failed", ...paths)
      const twice = await ask<Problem>(ada, "GET", "/api/v1/tasks?cursor=&cursor=")
      expect(twice.body.errors?.map(({ path }) => path)).toEqual(["query.cursor"])
    })

    it("a text that is no cursor is refused as such", async () => {
      const cursor = (await list(ada, { cursor: "", limit: 1 })).next_cursor ?? ""
      for (const text of [
        "1",
        "null",
        " ",
        cursor.slice(0, -1),
        `${cursor} `,
        cursor.toUpperCase(),
        "é",
        "x".repeat(5000),
      ]) {
        await refuse({ cursor: text }, "invalid_cursor")
      }
    })

    it("a cursor of another list is refused, and a default may be named", async () => {
      const cursor = (await list(ada, { cursor: "", limit: 1 })).next_cursor ?? ""
      await list(ada, { cursor, limit: 7, sort: "created_at", order: "desc" })
      for (const other of [
        { order: "asc" },
        { sort: "priority" },
        { status: "pending" },
        { priority: "low" },
        { category_id: categoryId },
        { due_to: day(1) },
      ]) {
        await refuse({ cursor, ...other }, "cursor_mismatch")
      }
      const filtered = (await list(ada, { cursor: "", limit: 1, due_from: day(1) })).next_cursor ?? ""
      await list(ada, { cursor: filtered, due_from: "2090-01-01T02:00:00+02:00" })
      await refuse({ cursor: filtered }, "cursor_mismatch")
    })

    it("a task that stays in its place is on one page, while others are made, changed and deleted", async () => {
      const grace = await register(client)
      for (let index = 0; index < 24; index++) {
        await ask(grace, "POST", "/api/v1/tasks", { title: `Task ${index}`, priority: priorities[index % 3] })
      }
      for (const sort of ["created_at", "updated_at", "due_date", "priority"]) {
        for (const order of ["asc", "desc"]) {
          const before = tasksOf(await listAll(grace, { sort, order, limit: 200 }))
          const touched = new Set<string>()
          let made = 0
          const pages = await listAll(grace, { sort, order, limit: 5 }, async ({ data }) => {
            const [first, last] = [data[0], data.at(-1)]
            if (first === undefined || last === undefined || made++ > 5) return
            // The one is the place of the cursor, the other is on a page before it.
            expect((await ask(grace, "DELETE", `/api/v1/tasks/${last.id}`)).status).toBe(204)
            if (first.id !== last.id) {
              const body = { version: first.version, priority: "medium", due_date: day(9) }
              expect((await ask(grace, "PATCH", `/api/v1/tasks/${first.id}`, body)).status).toBe(200)
            }
            const task = { title: "Made meanwhile", priority: priorities[made % 3], due_date: day(1 + made) }
            await ask(grace, "POST", "/api/v1/tasks", task)
            touched.add(first.id).add(last.id)
          })
          const stayed = (tasks: ReadonlyArray<TaskResource>) =>
            idsOf(tasks).filter((id) => before.some((task) => task.id === id) && !touched.has(id))
          expect(touched.size).toBeGreaterThan(5)
          expect([sort, order, stayed(tasksOf(pages))]).toEqual([sort, order, stayed(before)])
        }
      }
    })

    it("a cursor selects among the caller's own tasks", async () => {
      const mallory = await register(client)
      const own = await create(mallory, 1)
      const cursor = (await list(ada, { cursor: "", limit: 1, sort: "due_date", order: "asc" })).next_cursor ?? ""
      const { data } = await list(mallory, { cursor, sort: "due_date", order: "asc" })
      expect(idsOf(data).filter((id) => id !== own.id)).toEqual([])
    })

    it("a page has a tag, and is 304 for it", async () => {
      const path = pathOf({ cursor: "", limit: 3 })
      const { headers } = await client.ask("GET", path, { token: ada.access_token })
      const etag = headers.get("etag") ?? ""
      const again = await client.ask("GET", path, { token: ada.access_token, headers: { "if-none-match": etag } })
      expect([again.status, again.text]).toEqual([304, ""])
    })
  })
