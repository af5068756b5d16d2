/** Tests the trash: its list, and how tasks leave it, back to the others or for good. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { Ask } from "../../support/http.ts"
import {
  fields,
  type HistoryPage,
  keysOf,
  type Problem,
  type TaskResponse,
  type TrashPage,
  utcTime,
} from "../Answers.ts"
import { type Client, register, type SuitePorts, startClient, type User } from "../Client.ts"

const unknownTask = "0199e0a1-0000-7000-8000-000000000001"

export const suite = (name: string, ports: SuitePorts) =>
  describe(`the trash on ${name}`, () => {
    let client: Client
    let ada: User
    let eve: User
    beforeAll(async () => {
      client = await startClient(ports)
    })
    afterAll(() => client.stop())

    const ask = <Body = TaskResponse & Problem>(
      method: string,
      path: string,
      { token = ada.access_token, ...more }: Ask = {},
    ) => client.ask<Body>(method, path, { token, ...more })
    const createTask = async () => (await ask("POST", "/api/v1/tasks", { body: { title: "Buy milk" } })).body.task
    const deletedTask = async () => {
      const task = await createTask()
      await ask("DELETE", `/api/v1/tasks/${task.id}`)
      return task
    }
    const read = (query = "", more?: Ask) => ask<TrashPage & Problem>("GET", `/api/v1/trash${query}`, more)
    const newUsers = async () => {
      ada = await register(client)
      eve = await register(client)
    }

    it("it has the deleted tasks of its user, the last deleted first, by pages", async () => {
      await newUsers()
      await createTask()
      const tasks = [await deletedTask(), await deletedTask(), await deletedTask()]
      const first = await read("?limit=2")
      expect([first.status, keysOf(first.body)]).toEqual([200, fields.historyPage])
      const [last] = first.body.data
      expect(keysOf(last ?? {})).toEqual([...fields.task, "deleted_at", "purge_at"].sort())
      expect(last?.deleted_at).toMatch(utcTime)
      const days = (Date.parse(last?.purge_at ?? "") - Date.parse(last?.deleted_at ?? "")) / (24 * 60 * 60 * 1000)
      expect(days).toBe(30)
      const second = await read(`?limit=2&cursor=${first.body.next_cursor}`)
      expect(second.body.next_cursor).toBe(null)
      const all = [...first.body.data, ...second.body.data]
      expect(all.map(({ id }) => id)).toEqual(tasks.map(({ id }) => id).toReversed())
      expect((await read("", { token: eve.access_token })).body.data).toEqual([])
      expect((await read("?cursor=1")).body.code).toBe("invalid_cursor")
      expect((await read("?limit=201")).body.code).toBe("validation_failed")
    })

    it("a restored task is back under the next version, for its owner alone", async () => {
      await newUsers()
      const task = await deletedTask()
      const path = `/api/v1/tasks/${task.id}/restore`
      expect((await ask("POST", path, { token: eve.access_token })).body.code).toBe("task_not_found")
      const restored = await ask("POST", path)
      expect([restored.status, restored.headers.get("etag")]).toEqual([200, '"2"'])
      expect(restored.body.task).toEqual({ ...task, version: 2, updated_at: restored.body.task.updated_at })
      expect(restored.headers.get("undo-id")).not.toBe(null)
      expect((await ask("GET", `/api/v1/tasks/${task.id}`)).body.task).toEqual(restored.body.task)
      expect((await ask("POST", path)).body.code).toBe("not_deleted")
      expect((await ask("POST", path, { token: eve.access_token })).body.code).toBe("not_owner")
      expect((await ask("POST", `/api/v1/tasks/${unknownTask}/restore`)).body.code).toBe("task_not_found")
    })

    it("a task is restored only at a version that `If-Match` names", async () => {
      await newUsers()
      const task = await createTask()
      const path = `/api/v1/tasks/${task.id}`
      await ask("PATCH", path, { body: { version: 1, priority: "high" } })
      await ask("DELETE", path)
      const stale = await ask("POST", `${path}/restore`, { headers: { "if-match": '"1"' } })
      expect([stale.status, stale.body.code, stale.body.current_version]).toEqual([412, "version_conflict", 2])
      expect(stale.body.base).toEqual({ priority: "medium" })
      const unknown = await ask("POST", `${path}/restore`, { headers: { "if-match": '"3"' } })
      expect(unknown.body.code).toBe("unknown_version")
      const invalid = await ask("POST", `${path}/restore`, { headers: { "if-match": "two" } })
      expect(invalid.body.code).toBe("invalid_etag")
      expect((await ask("POST", `${path}/restore`, { headers: { "if-match": '"2"' } })).body.task.version).toBe(3)
    })

    it("a purged task is gone for good, and its history has no values", async () => {
      await newUsers()
      const task = await createTask()
      const path = `/api/v1/trash/${task.id}`
      expect((await ask("DELETE", path)).body.code).toBe("not_deleted")
      expect((await ask("DELETE", path, { token: eve.access_token })).body.code).toBe("not_owner")
      await ask("DELETE", `/api/v1/tasks/${task.id}`)
      expect((await ask("DELETE", path, { token: eve.access_token })).body.code).toBe("task_not_found")
      const purged = await ask("DELETE", path)
      expect([purged.status, purged.text]).toEqual([204, ""])
      expect(purged.headers.get("undo-id")).not.toBe(null)
      for (const [method, gone] of [
        ["DELETE", path],
        ["POST", `/api/v1/tasks/${task.id}/restore`],
        ["GET", `/api/v1/tasks/${task.id}`],
        ["GET", `/api/v1/tasks/${task.id}/history`],
      ] as const) {
        const { body } = await ask(method, gone)
        expect([method, body.code, body.in_trash]).toEqual([method, "task_not_found", undefined])
      }
      expect((await read()).body.data).toEqual([])
      const { data } = (await ask<HistoryPage>("GET", "/api/v1/history")).body
      expect(data.map(({ changes, purged, type }) => [type, changes, purged])).toEqual([
        ["task.purged", [], undefined],
        ["task.deleted", [], undefined],
        ["task.created", [], true],
      ])
    })

    it("it can be emptied, of its user's tasks alone", async () => {
      await newUsers()
      const living = await createTask()
      for (let made = 0; made < 3; made++) await deletedTask()
      const others = await ask("POST", "/api/v1/tasks", { token: eve.access_token, body: { title: "Hers" } })
      await ask("DELETE", `/api/v1/tasks/${others.body.task.id}`, { token: eve.access_token })
      const empty = () => ask<{ readonly purged: number }>("DELETE", "/api/v1/trash")
      const first = await empty()
      expect([first.status, first.body]).toEqual([200, { purged: 3 }])
      expect(first.headers.get("undo-id")).not.toBe(null)
      const second = await empty()
      expect([second.body, second.headers.get("undo-id")]).toEqual([{ purged: 0 }, null])
      expect((await ask("GET", `/api/v1/tasks/${living.id}`)).status).toBe(200)
      expect((await read("", { token: eve.access_token })).body.data.length).toBe(1)
    })

    it("a repeated request with a key has one effect", async () => {
      await newUsers()
      const task = await deletedTask()
      const headers = { "idempotency-key": "restore-1" }
      const path = `/api/v1/tasks/${task.id}/restore`
      const restored = [await ask("POST", path, { headers }), await ask("POST", path, { headers })]
      expect(restored.map(({ body, status }) => [status, body.task.version])).toEqual([
        [200, 2],
        [200, 2],
      ])
      await ask("DELETE", `/api/v1/tasks/${task.id}`)
      const key = { "idempotency-key": "empty-1" }
      const emptied = [
        await ask("DELETE", "/api/v1/trash", { headers: key }),
        await ask("DELETE", "/api/v1/trash", { headers: key }),
      ]
      expect(emptied.map(({ body }) => body)).toEqual([{ purged: 1 }, { purged: 1 }])
      expect(emptied.map(({ headers }) => headers.get("idempotency-replayed"))).toEqual([null, "true"])
      const none = { "idempotency-key": "empty-2" }
      const nothing = [
        await ask("DELETE", "/api/v1/trash", { headers: none }),
        await ask("DELETE", "/api/v1/trash", { headers: none }),
      ]
      expect(nothing.map(({ body, headers }) => [body, headers.get("undo-id")])).toEqual([
        [{ purged: 0 }, null],
        [{ purged: 0 }, null],
      ])
    })
  })
