/** Tests the change feed: what a page says of each change, where it continues, and which cursors it refuses. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { TaskResource } from "../../../adapters/http/api/v1/TaskResource.ts"
import { type CategoryList, keysOf, type TaskCursorPage, type TaskPage, utcTime, uuidV7 } from "../Answers.ts"
import { type Client, type SuitePorts, startClient } from "../Client.ts"
import { makeFeedUser } from "./feedUser.ts"

const common = ["actor", "at", "batch_id", "changes", "cursor", "id", "request_id", "type", "undoes", "version"]

export const suite = (name: string, ports: SuitePorts) =>
  describe(`the change feed on ${name}`, () => {
    let client: Client
    beforeAll(async () => {
      client = await startClient(ports)
    })
    afterAll(() => client.stop())

    const makeUser = () => makeFeedUser(client)

    it("each change says what it changed, and is with the newest state of its subject", async () => {
      const { addCategory, addTask, ask, changes } = await makeUser()
      const category = await addCategory()
      const { path, task, undoId } = await addTask("Buy milk", { due_date: "2099-12-24T18:00:00.000Z" })
      await ask("POST", `${path}/categories/${category.id}`)
      const headers = { "x-request-id": "shopping.1" }
      await ask("PATCH", path, { body: { version: 2, title: "Buy oat milk", due_date: null }, headers })
      await ask("DELETE", `/api/v1/categories/${category.id}`)
      const other = await addTask("Clean up")
      await ask("DELETE", other.path)
      const { data, has_more, next_cursor } = await changes()
      expect(data.map(({ changes, type, version }) => [type, version, changes])).toEqual([
        [
          "category.created",
          1,
          [
            { field: "name", from: null, to: "Garden" },
            { field: "color", from: null, to: "#2E7D32" },
          ],
        ],
        [
          "task.created",
          1,
          [
            { field: "title", from: null, to: "Buy milk" },
            { field: "status", from: null, to: "pending" },
            { field: "priority", from: null, to: "medium" },
            { field: "due_date", from: null, to: "2099-12-24T18:00:00.000Z" },
            { field: "category_ids", from: null, to: [] },
          ],
        ],
        ["task.updated", 2, [{ field: "category_ids", from: [], to: [category.id] }]],
        [
          "task.updated",
          3,
          [
            { field: "title", from: "Buy milk", to: "Buy oat milk" },
            { field: "due_date", from: "2099-12-24T18:00:00.000Z", to: null },
          ],
        ],
        ["category.deleted", 1, []],
        ["task.created", 1, expect.anything()],
        ["task.deleted", 1, []],
      ])
      const now = (await ask("GET", path)).body.task
      for (const change of data) {
        const isTask = change.type.startsWith("task.")
        const subject = isTask ? ["task", "task_id"] : ["category", "category_id"]
        expect(keysOf(change)).toEqual([...common, ...subject].sort())
        expect([change.id, change.at, change.batch_id]).toEqual([
          expect.stringMatching(uuidV7),
          expect.stringMatching(utcTime),
          expect.stringMatching(uuidV7),
        ])
        expect(change.actor).toMatchObject({ kind: "session", name: expect.any(String) })
        if ("category" in change) expect([change.category_id, change.category]).toEqual([category.id, null])
        else if (change.task_id === task.id) expect(change.task).toEqual(now)
        else expect([change.task_id, change.task]).toEqual([other.task.id, null])
      }
      expect([data[1]?.batch_id, data[3]?.request_id]).toEqual([undoId, "shopping.1"])
      expect([has_more, next_cursor]).toEqual([false, data.at(-1)?.cursor])
    })

    it("pages join without a gap, and each cursor continues after its change", async () => {
      const { addTask, changes } = await makeUser()
      for (let count = 0; count < 5; count++) await addTask(`Task number ${count}`)
      const all = await changes()
      const pages = [await changes("?limit=2")]
      for (let page = pages[0]; page?.has_more === true; pages.push(page)) {
        page = await changes(`?limit=2&since=${page.next_cursor}`)
      }
      expect(pages.map(({ data }) => data.length)).toEqual([2, 2, 1])
      expect(pages.flatMap(({ data }) => data)).toEqual(all.data)
      for (const [index, { cursor }] of all.data.entries()) {
        expect(cursor).toMatch(/^[A-Za-z0-9_-]{1,40}$/)
        expect((await changes(`?since=${cursor}`)).data).toEqual(all.data.slice(index + 1))
      }
      expect(await changes(`?since=${all.next_cursor}`)).toEqual({
        data: [],
        next_cursor: all.next_cursor,
        has_more: false,
      })
      expect(await changes("?since=now")).toEqual({ data: [], next_cursor: all.next_cursor, has_more: false })
      await addTask("Task number 5")
      expect((await changes(`?since=${all.next_cursor}`)).data.length).toBe(1)
    })

    it("a user without changes has a cursor, and sees no change of another user", async () => {
      const [ada, grace] = [await makeUser(), await makeUser()]
      const empty = await ada.changes()
      expect(empty).toEqual({ data: [], next_cursor: expect.any(String), has_more: false })
      expect(await ada.changes("?since=now")).toEqual(empty)
      await grace.addTask()
      expect(await ada.changes(`?since=${empty.next_cursor}`)).toEqual(empty)
    })

    it("changes of another type are left out, and the cursor moves past them", async () => {
      const { addCategory, addTask, changes } = await makeUser()
      await addTask()
      await addCategory()
      await addTask()
      const categories = await changes("?types=category")
      expect(categories.data.map(({ type }) => type)).toEqual(["category.created"])
      expect(categories.next_cursor).toBe((await changes("?since=now")).next_cursor)
      expect((await changes("?types=task")).data.map(({ type }) => type)).toEqual(["task.created", "task.created"])
      expect((await changes("?types=task,category")).data.length).toBe(3)
    })

    it("a list of categories says where its later changes begin", async () => {
      const { addCategory, ask, changes } = await makeUser()
      const list = async () => (await ask<CategoryList>("GET", "/api/v1/categories")).body
      const empty = await list()
      expect(empty).toEqual({ data: [], changes_cursor: (await changes("?since=now")).next_cursor })
      const category = await addCategory()
      const { changes_cursor, data } = await list()
      expect(data).toEqual([category])
      expect((await changes(`?since=${changes_cursor}`)).data).toEqual([])
      expect((await changes(`?since=${empty.changes_cursor}`)).data.map(({ type }) => type)).toEqual([
        "category.created",
      ])
    })

    it("the pages of a walk and the changes after it are the whole list, whatever moved meanwhile", async () => {
      const { addTask, ask, changes } = await makeUser()
      const walk = async (cursor: string) =>
        (await ask<TaskCursorPage>("GET", `/api/v1/tasks?sort=priority&order=asc&limit=2&cursor=${cursor}`)).body
      const empty = await walk("")
      expect(empty).toEqual({ ...empty, data: [], next_cursor: null, changes_cursor: (await changes()).next_cursor })
      const tasks = []
      for (const priority of ["low", "medium", "high"]) {
        for (const title of ["One", "Two"]) tasks.push(await addTask(`${title} ${priority}`, { priority }))
      }
      const { next_cursor: before } = await changes("?since=now")
      const first = await walk("")
      expect([first.data.length, first.changes_cursor]).toEqual([2, before])
      const copy = new Map<string, TaskResource>()
      const keep = (task: TaskResource) => {
        if (task.version > (copy.get(task.id)?.version ?? 0)) copy.set(task.id, task)
      }
      for (const task of first.data) keep(task)
      // One task moves to a page that was read, one to a page that was not, one is deleted and one is new.
      await ask("PATCH", tasks[5]?.path ?? "", { body: { version: 1, priority: "low" } })
      await ask("PATCH", tasks[0]?.path ?? "", { body: { version: 1, priority: "high" } })
      await ask("DELETE", tasks[2]?.path ?? "")
      await addTask("Another", { priority: "low" })
      for (let page = first; page.next_cursor !== null; ) {
        page = await walk(page.next_cursor)
        expect(page.changes_cursor).toBe(before)
        for (const task of page.data) keep(task)
      }
      for (const change of (await changes(`?since=${before}`)).data) {
        if (!("task" in change)) continue
        if (change.task === null) copy.delete(change.task_id)
        else keep(change.task)
      }
      const byId = (one: TaskResource, other: TaskResource) => one.id.localeCompare(other.id)
      const { data } = (await ask<TaskPage>("GET", "/api/v1/tasks?limit=100")).body
      expect([...copy.values()].sort(byId)).toEqual([...data].sort(byId))
      expect(data.length).toBe(6)
    })

    it("a parameter that is wrong or unknown is 400", async () => {
      const { changes, refusal } = await makeUser()
      const { next_cursor } = await changes()
      for (const query of [
        "limit=0",
        "limit=501",
        "limit=two",
        "wait=26",
        "wait=-1",
        "wait=1.5",
        "types=tasks",
        "until=x",
      ]) {
        expect([query, (await refusal(`?${query}`)).code]).toEqual([query, "validation_failed"])
      }
      for (const since of ["", "Now", "oldest", `${next_cursor}x`, `${next_cursor}0`, "z".repeat(500), "%00"]) {
        expect([since, (await refusal(`?since=${since}`)).code]).toEqual([since, "invalid_cursor"])
      }
    })

    it("a cursor of another history is 410, and says where the history begins and ends", async () => {
      const [ada, grace] = [await makeUser(), await makeUser()]
      const before = (await ada.changes()).next_cursor
      for (const { addTask } of [ada, ada, grace]) await addTask()
      const [first, latest] = (await ada.changes()).data.map(({ cursor }) => cursor)
      const foreign = (await grace.changes()).next_cursor
      const beyond = latest?.replace("2-", "9-")
      for (const cursor of [foreign, beyond]) {
        expect(await ada.refusal(`?since=${cursor}`)).toMatchObject({
          status: 410,
          body: { code: "cursor_reset", oldest_cursor: before, latest_cursor: latest },
        })
        expect((await ada.refusal(`?since=${cursor}&wait=20`)).code).toBe("cursor_reset")
      }
      expect((await ada.changes(`?since=${first}`)).data.length).toBe(1)
    })
  })
