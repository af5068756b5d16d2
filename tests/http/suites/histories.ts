/** Tests the histories of tasks and users: their changes, pages, filters and owners. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { Ask } from "../../support/http.ts"
import {
  type CategoryResponse,
  fields,
  type HistoryPage,
  keysOf,
  type Problem,
  type SessionList,
  type TaskResponse,
  uuidV7,
} from "../Answers.ts"
import { type Client, register, type SuitePorts, startClient, type User } from "../Client.ts"

export const suite = (name: string, ports: SuitePorts) =>
  describe(`histories on ${name}`, () => {
    let client: Client
    let ada: User
    let eve: User
    beforeAll(async () => {
      client = await startClient(ports)
      ada = await register(client)
      eve = await register(client)
    })
    afterAll(() => client.stop())

    const ask = <Body = TaskResponse & Problem>(
      method: string,
      path: string,
      { token = ada.access_token, ...more }: Ask = {},
    ) => client.ask<Body>(method, path, { token, ...more })
    const createTask = async (more: Ask = {}) =>
      (await ask("POST", "/api/v1/tasks", { body: { title: "Buy milk" }, ...more })).body.task
    const read = (path: string, more?: Ask) => ask<HistoryPage & Problem>("GET", path, more)

    it("the history of a task has its changes, the newest first, with the old and the new values", async () => {
      const task = await createTask()
      const path = `/api/v1/tasks/${task.id}`
      await ask("PATCH", path, { body: { version: 1, title: "Buy oat milk", priority: "high" } })
      const { body, status } = await read(`${path}/history`)
      expect([status, keysOf(body)]).toEqual([200, ["complete", ...fields.historyPage]])
      expect([body.next_cursor, body.complete]).toEqual([null, true])
      expect(body.data.map(({ type, version }) => [type, version])).toEqual([
        ["task.updated", 2],
        ["task.created", 1],
      ])
      const [updated, created] = body.data
      expect(keysOf(updated ?? {})).toEqual(fields.change)
      expect(updated).toMatchObject({
        task_id: task.id,
        changes: [
          { field: "title", from: "Buy milk", to: "Buy oat milk" },
          { field: "priority", from: "medium", to: "high" },
        ],
        actor: { kind: "session", id: expect.stringMatching(uuidV7) },
        undoes: null,
      })
      expect(created?.changes).toContainEqual({ field: "title", from: null, to: "Buy milk" })
    })

    it("the history of a task is read by pages, and also in the trash", async () => {
      const task = await createTask()
      const path = `/api/v1/tasks/${task.id}`
      for (let version = 1; version <= 4; version++) {
        await ask("PATCH", path, { body: { version, title: `Buy milk ${version}` } })
      }
      await ask("DELETE", path)
      const versions = []
      let cursor: string | null = null
      do {
        const next: string = cursor === null ? "" : `&cursor=${cursor}`
        const { body } = await read(`${path}/history?limit=2${next}`)
        expect(body.complete).toBe(true)
        versions.push(...body.data.map(({ version }) => version))
        cursor = body.next_cursor
      } while (cursor !== null)
      expect(versions).toEqual([5, 5, 4, 3, 2, 1])
    })

    it("the history of a task belongs to its owner", async () => {
      const task = await createTask()
      const path = `/api/v1/tasks/${task.id}/history`
      expect((await read(path, { token: eve.access_token })).body.code).toBe("not_owner")
      expect((await read("/api/v1/tasks/0199e0a1-0000-7000-8000-000000000001/history")).body.code).toBe(
        "task_not_found",
      )
      expect((await read("/api/v1/tasks/1/history")).status).toBe(400)
      await ask("DELETE", `/api/v1/tasks/${task.id}`)
      const { body } = await read(path, { token: eve.access_token })
      expect([body.code, body.in_trash]).toEqual(["task_not_found", undefined])
    })

    it("the history of a user has all changes of that user, by session and by batch", async () => {
      const user = await register(client)
      const token = user.access_token
      const second = await client.ask<User>("POST", "/api/v1/auth/login", {
        body: { email: user.user.email, password: user.password },
      })
      const task = await createTask({ token })
      const named = await ask<CategoryResponse>("POST", "/api/v1/categories", { token, body: { name: "Home" } })
      const other = await createTask({ token: second.body.access_token })
      const all = await read("/api/v1/history", { token })
      expect(all.body.data.map((change) => ("task_id" in change ? change.task_id : change.category_id))).toEqual([
        other.id,
        named.body.category.id,
        task.id,
      ])

      const sessions = await ask<SessionList>("GET", "/api/v1/auth/sessions", { token })
      const current = sessions.body.data.find((session) => session.current)?.id
      const own = await read(`/api/v1/history?actor_id=${current}&limit=1`, { token })
      expect(own.body.data).toEqual([all.body.data[1]])
      const rest = await read(`/api/v1/history?actor_id=${current}&cursor=${own.body.next_cursor}`, { token })
      expect([rest.body.data, rest.body.next_cursor]).toEqual([[all.body.data[2]], null])
      const batch = await read(`/api/v1/history?batch_id=${named.headers.get("undo-id")}`, { token })
      expect(batch.body.data).toEqual([all.body.data[1]])

      const mismatch = await read(`/api/v1/history?cursor=${own.body.next_cursor}`, { token })
      expect(mismatch.body.code).toBe("cursor_mismatch")
    })

    it("a cursor that is none, and a query with a mistake, are refused", async () => {
      for (const cursor of ["1", "", "%00", "a".repeat(200)]) {
        expect((await read(`/api/v1/history?cursor=${cursor}`)).body.code).toBe("invalid_cursor")
      }
      const queries = ["limit=0", "limit=201", "limit=1.5", "actor_id=me", "batch_id=1", "page=1"]
      for (const query of queries) {
        const { body } = await read(`/api/v1/history?${query}`)
        expect(body.errors?.map(({ path }) => path)).toEqual([`query.${query.split("=")[0]}`])
      }
    })
  })
