/** Tests undo over HTTP: what it takes back, what it refuses and why, and what it leaves. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import type { UndoResponse } from "../../../adapters/http/api/v1/UndoResource.ts"
import type { Ask } from "../../support/http.ts"
import {
  type CategoryList,
  type CategoryResponse,
  type HistoryPage,
  keysOf,
  type Problem,
  type SessionList,
  type TaskResponse,
  uuidV7,
} from "../Answers.ts"
import { atOnce, type Client, register, type SuitePorts, startClient, type User } from "../Client.ts"

const unknown = "ffffffff-ffff-7fff-bfff-ffffffffffff"

export const suite = (name: string, ports: SuitePorts) =>
  describe(`undo on ${name}`, () => {
    let client: Client
    let ada: User
    /** Another session of the same user. */
    let phone: string
    beforeAll(async () => {
      client = await startClient(ports)
    })
    beforeEach(async () => {
      ada = await register(client)
      const { email } = ada.user
      const login = await client.ask<User>("POST", "/api/v1/auth/login", { body: { email, password: ada.password } })
      phone = login.body.access_token
    })
    afterAll(() => client.stop())

    const ask = <Body = TaskResponse & Problem>(
      method: string,
      path: string,
      { token = ada.access_token, ...more }: Ask = {},
    ) => client.ask<Body>(method, path, { token, ...more })
    const createTask = async (more: Ask = {}) =>
      (await ask("POST", "/api/v1/tasks", { body: { title: "Buy milk" }, ...more })).body.task
    const get = async (id: string) => (await ask("GET", `/api/v1/tasks/${id}`)).body
    const patch = (id: string, body: object, more: Ask = {}) =>
      ask("PATCH", `/api/v1/tasks/${id}`, { body, headers: { "if-match": "*" }, ...more })
    const undo = (body: object, more: Ask = {}) =>
      ask<UndoResponse & Problem>("POST", "/api/v1/undo", { body, ...more })
    const sessionOf = async (token: string) =>
      (await ask<SessionList>("GET", "/api/v1/auth/sessions", { token })).body.data.find(({ current }) => current)?.id

    it("takes back a request by its Undo-Id, as a change with an Undo-Id of its own", async () => {
      const task = await createTask()
      const { headers } = await patch(task.id, { title: "Buy oat milk", due_date: "2099-01-01T00:00:00Z" })
      const undone = await undo({ batch_id: headers.get("undo-id") })
      expect([undone.status, keysOf(undone.body)]).toEqual([200, ["batch_id", "skipped", "undone"]])
      expect(undone.body).toEqual({
        undone: [{ change_id: expect.stringMatching(uuidV7), task_id: task.id, version: 3 }],
        skipped: [],
        batch_id: undone.headers.get("undo-id"),
      })
      expect((await get(task.id)).task).toMatchObject({ title: "Buy milk", due_date: null, version: 3 })
      const history = await ask<HistoryPage>("GET", `/api/v1/tasks/${task.id}/history`)
      expect(history.body.data[0]?.undoes).toBe(undone.body.undone[0]?.change_id)

      const again = await undo({ batch_id: undone.body.batch_id })
      expect((await get(task.id)).task).toMatchObject({ title: "Buy oat milk", version: 4 })
      expect(again.body.batch_id).not.toBe(undone.body.batch_id)
    })

    it("takes back a deletion, a creation, a purge never, and nothing the second time", async () => {
      const task = await createTask()
      const deleted = await ask("DELETE", `/api/v1/tasks/${task.id}`)
      const body = { batch_id: deleted.headers.get("undo-id") }
      expect((await undo(body)).body.undone).toMatchObject([{ task_id: task.id, version: 2 }])
      const second = await undo(body)
      expect([second.status, second.body]).toEqual([200, { undone: [], skipped: [], batch_id: null }])
      expect(second.headers.get("undo-id")).toBe(null)

      const created = await ask("POST", "/api/v1/tasks", { body: { title: "By mistake" } })
      await undo({ batch_id: created.headers.get("undo-id") })
      expect(await get(created.body.task.id)).toMatchObject({ code: "task_not_found", in_trash: true })

      const purged = await ask("DELETE", `/api/v1/trash/${created.body.task.id}`)
      const refused = await undo({ batch_id: purged.headers.get("undo-id") })
      expect([refused.status, refused.body.code]).toEqual([409, "not_undoable"])
      expect(refused.body.blocked).toMatchObject([
        { task_id: created.body.task.id, reason: "purged", fields: [], current_version: null, by: null },
      ])
      const expired = await undo({ batch_id: created.headers.get("undo-id") })
      expect([expired.status, expired.body.code]).toEqual([410, "undo_expired"])
      expect(expired.body.blocked).toMatchObject([{ task_id: created.body.task.id, reason: "expired" }])
    })

    it("names the field and the session that are in its way, and can do the rest", async () => {
      const task = await createTask()
      const { headers } = await patch(task.id, { title: "Buy oat milk", priority: "high" })
      await patch(task.id, { title: "Buy soy milk" }, { token: phone })
      const body = { batch_id: headers.get("undo-id") }
      const refused = await undo(body)
      expect([refused.status, refused.body.code]).toEqual([409, "undo_conflict"])
      expect(refused.body.blocked).toEqual([
        {
          change_id: expect.stringMatching(uuidV7),
          task_id: task.id,
          reason: "changed",
          fields: ["title"],
          current_version: 3,
          by: { kind: "session", id: await sessionOf(phone), name: expect.any(String) },
        },
      ])
      expect((await get(task.id)).task).toMatchObject({ title: "Buy soy milk", priority: "high", version: 3 })

      const dry = await undo({ ...body, partial: true, dry_run: true })
      expect([dry.body.batch_id, dry.headers.get("undo-id")]).toEqual([null, null])
      expect((await get(task.id)).task.version).toBe(3)
      const partial = await undo({ ...body, partial: true })
      expect({ ...partial.body, batch_id: null }).toEqual(dry.body)
      expect(partial.body.skipped).toEqual(refused.body.blocked)
      expect((await get(task.id)).task).toMatchObject({ title: "Buy soy milk", priority: "medium", version: 4 })
    })

    it("takes back one change of several, by its id in the history", async () => {
      const task = await createTask()
      await patch(task.id, { title: "Buy oat milk" })
      await patch(task.id, { status: "completed" })
      const { data } = (await ask<HistoryPage>("GET", `/api/v1/tasks/${task.id}/history`)).body
      await undo({ change_id: data[1]?.id })
      expect((await get(task.id)).task).toMatchObject({ title: "Buy milk", status: "completed" })
    })

    it("takes back what a session did since a time", async () => {
      const task = await createTask()
      const { data } = (await ask<HistoryPage>("GET", "/api/v1/history")).body
      const since = data[0]?.at
      await patch(task.id, { title: "By the phone" }, { token: phone })
      const created = await createTask({ token: phone })
      await ask("DELETE", `/api/v1/tasks/${task.id}`, { token: phone })
      const body = { actor: { session_id: await sessionOf(phone) }, since }
      const dry = await undo({ ...body, dry_run: true })
      expect(dry.body.undone.length).toBe(2)
      await undo(body)
      expect((await get(task.id)).task.title).toBe("Buy milk")
      expect((await get(created.id)).code).toBe("task_not_found")
      const own = { actor: { session_id: await sessionOf(ada.access_token) }, since: "2099-01-01T00:00:00Z" }
      expect((await undo(own)).body.code).toBe("change_not_found")
    })

    it("takes back changes of categories, and names what it skips", async () => {
      const create = (body: object) => ask<CategoryResponse>("POST", "/api/v1/categories", { body })
      const { body: home } = await create({ name: "Home" })
      const task = await createTask({ body: { title: "Buy milk", category_ids: [home.category.id] } })
      const deleted = await ask("DELETE", `/api/v1/categories/${home.category.id}`)
      const taken = await create({ name: "Home" })
      const body = { batch_id: deleted.headers.get("undo-id") }
      const refused = await undo(body)
      expect(refused.body.blocked).toMatchObject([
        { category_id: home.category.id, reason: "name_taken", fields: [], current_version: 1 },
      ])
      await undo({ batch_id: taken.headers.get("undo-id") })
      expect((await undo(body)).body.undone).toMatchObject([{ category_id: home.category.id, version: 2 }])
      expect((await get(task.id)).task.categories.map(({ id }) => id)).toEqual([home.category.id])
      const list = await ask<CategoryList>("GET", "/api/v1/categories")
      expect(list.body.data.map(({ id }) => id)).toEqual([home.category.id])

      const removed = await ask("DELETE", `/api/v1/tasks/${task.id}/categories/${home.category.id}`)
      await ask("DELETE", `/api/v1/categories/${home.category.id}`)
      const gone = await undo({ batch_id: removed.headers.get("undo-id") })
      expect(gone.body.skipped).toMatchObject([
        { task_id: task.id, reason: "category_gone", fields: ["category_ids"], category_ids: [home.category.id] },
      ])
    })

    it("finds no change of another user, and none that never was", async () => {
      const created = await ask("POST", "/api/v1/tasks", { body: { title: "Buy milk" } })
      const { data } = (await ask<HistoryPage>("GET", "/api/v1/history")).body
      const token = (await register(client)).access_token
      const targets = [
        { batch_id: created.headers.get("undo-id") },
        { change_id: data[0]?.id },
        { actor: { session_id: await sessionOf(ada.access_token) }, since: "2026-01-01T00:00:00Z" },
        { batch_id: unknown },
        { change_id: unknown },
        { actor: { token_id: unknown }, since: "2026-01-01T00:00:00Z" },
      ]
      for (const body of targets) {
        const { body: problem, status } = await undo(body, { token })
        expect([status, problem.code]).toEqual([404, "change_not_found"])
      }
      expect((await get(created.body.task.id)).task.version).toBe(1)
    })

    it("is done once by several at once, and once under one key", async () => {
      const task = await createTask()
      const { headers } = await patch(task.id, { title: "Buy oat milk" })
      const body = { batch_id: headers.get("undo-id") }
      const all = await atOnce(5, () => undo(body))
      expect(all.filter(({ body }) => body.undone.length > 0).length).toBe(1)
      expect((await get(task.id)).task.version).toBe(3)

      const deleted = await ask("DELETE", `/api/v1/tasks/${task.id}`)
      const key = { headers: { "idempotency-key": "undo-1" } }
      const twice = [
        await undo({ batch_id: deleted.headers.get("undo-id") }, key),
        await undo({ batch_id: deleted.headers.get("undo-id") }, key),
      ]
      expect(twice[1]?.body).toEqual(twice[0]?.body)
      expect(twice.map(({ headers }) => headers.get("undo-id"))).toEqual([
        twice[0]?.body.batch_id,
        twice[0]?.body.batch_id,
      ])
      const none = { headers: { "idempotency-key": "undo-2" } }
      for (const isRepeated of [false, true]) {
        const { body, headers } = await undo({ batch_id: deleted.headers.get("undo-id") }, none)
        expect([body.undone, headers.get("idempotency-replayed")]).toEqual([[], isRepeated ? "true" : null])
      }
    })

    it("refuses a body that does not name exactly one target", async () => {
      const since = "2026-01-01T00:00:00Z"
      const actor = { session_id: unknown }
      const cases: ReadonlyArray<readonly [object, string]> = [
        [{}, "body.change_id"],
        [{ partial: true }, "body.change_id"],
        [{ change_id: unknown, batch_id: unknown }, "body.batch_id"],
        [{ change_id: unknown, actor, since }, "body.actor"],
        [{ actor }, "body.since"],
        [{ batch_id: unknown, since }, "body.since"],
        [{ actor: {}, since }, "body.actor"],
        [{ actor: { session_id: unknown, token_id: unknown }, since }, "body.actor"],
        [{ actor, since: "yesterday" }, "body.since"],
        [{ batch_id: "1" }, "body.batch_id"],
        [{ batch_id: unknown, partial: "yes" }, "body.partial"],
        [{ batch_id: unknown, force: true }, "body.force"],
      ]
      for (const [body, path] of cases) {
        const { body: problem } = await undo(body)
        expect([body, problem.code, problem.errors?.map((error) => error.path)]).toEqual([
          body,
          "validation_failed",
          [path],
        ])
      }
    })
  })
