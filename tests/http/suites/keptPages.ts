/** Tests over HTTP that a list is never older than what was written before, although the service keeps pages of lists. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { UserId } from "../../../domain/accounts/UserId.ts"
import { keepTask } from "../../support/entities.ts"
import type { CategoryResponse, TaskPage, TaskResponse } from "../Answers.ts"
import { atOnce, type Client, register, type SuitePorts, startClient, type User } from "../Client.ts"

const path = "/api/v1/tasks"

export const suite = (name: string, ports: SuitePorts) =>
  describe(`lists after changes on ${name}`, () => {
    let client: Client
    beforeAll(async () => {
      client = await startClient(ports)
    })
    afterAll(() => client.stop())

    const callsOf = ({ access_token: token }: User) => {
      const ask = <Body = TaskResponse>(method: string, path: string, body?: object) =>
        client.ask<Body>(method, path, { token, body, headers: { "if-match": "*" } })
      const list = () => client.ask<TaskPage>("GET", `${path}?limit=20`, { token })
      /** Reads the same page in the other way, which keeps none. */
      const read = () => client.ask<TaskPage>("QUERY", path, { token, body: { limit: 20 } })
      return { ask, list, read }
    }

    it("has every kind of change in the next list", async () => {
      const { ask, list, read } = callsOf(await register(client))
      const created = async (body: object) => (await ask("POST", path, body)).body.task.id
      const category = (await ask<CategoryResponse>("POST", "/api/v1/categories", { name: "Home" })).body.category.id
      const task = await created({ title: "Buy milk", category_ids: [category] })
      const other = await created({ title: "Feed the cat" })
      let undoId: string | null = null
      const steps: Readonly<Record<string, () => Promise<unknown>>> = {
        "a new task": () => created({ title: "Water the plants" }),
        "a changed task": async () => {
          undoId = (await ask("PATCH", `${path}/${task}`, { title: "Buy oat milk" })).headers.get("undo-id")
        },
        "an undone change": () => ask("POST", "/api/v1/undo", { batch_id: undoId }),
        "an assigned category": () => ask("POST", `${path}/${other}/categories/${category}`),
        "a renamed category": () => ask("PATCH", `/api/v1/categories/${category}`, { name: "House" }),
        "a coloured category": () => ask("PATCH", `/api/v1/categories/${category}`, { color: "#112233" }),
        "a removed category": () => ask("DELETE", `${path}/${other}/categories/${category}`),
        "a deleted category": () => ask("DELETE", `/api/v1/categories/${category}`),
        "a restored category": () => ask("POST", `/api/v1/categories/${category}/restore`),
        "a deleted task": () => ask("DELETE", `${path}/${task}`),
        "a restored task": () => ask("POST", `${path}/${task}/restore`),
        "a batch": () =>
          ask("POST", "/api/v1/batch", { operations: [{ op: "create_task", task: { title: "Call Ada" } }] }),
      }
      for (const [step, run] of Object.entries(steps)) {
        const before = await list()
        expect([step, (await list()).text]).toEqual([step, before.text])
        await run()
        const [after, expected] = [await list(), await read()]
        expect([step, after.status, after.body]).toEqual([step, 200, expected.body])
        expect([step, after.headers.get("etag")]).toEqual([step, expected.headers.get("etag")])
        expect([step, after.text]).not.toEqual([step, before.text])
      }
    })

    it("has the answered change among concurrent writes and lists of a user", async () => {
      const { ask, list } = callsOf(await register(client))
      await atOnce(8, async (writer) => {
        for (let count = 0; count < 4; count++) {
          const title = `Task ${count} of writer ${writer}`
          expect((await ask("POST", path, { title })).status).toBe(201)
          expect((await list()).body.data.map((task) => task.title)).toContain(title)
        }
      })
    })

    it("has the change of another process", async () => {
      const user = await register(client)
      const { list } = callsOf(user)
      expect([(await list()).body.total, (await list()).body.total]).toEqual([0, 0])
      for (const total of [1, 2]) {
        await client.run(keepTask(user.user.id as UserId))
        expect([(await list()).body.total, (await list()).body.total]).toEqual([total, total])
      }
    })

    it("is of the user that asks", async () => {
      const [ada, bob] = [callsOf(await register(client)), callsOf(await register(client))]
      await ada.ask("POST", path, { title: "Of Ada" })
      await bob.ask("POST", path, { title: "Of Bob" })
      const pages = await atOnce(8, (turn) => (turn % 2 === 0 ? ada : bob).list())
      expect(pages.map(({ body }) => body.data.map(({ title }) => title))).toEqual(
        pages.map((_, turn) => [turn % 2 === 0 ? "Of Ada" : "Of Bob"]),
      )
    })

    it("is 304 for the tag of an unchanged list, and 200 after a change", async () => {
      const user = await register(client)
      const { ask, list } = callsOf(user)
      await ask("POST", path, { title: "Buy milk" })
      const etag = (await list()).headers.get("etag") ?? ""
      const again = () =>
        client.ask("GET", `${path}?limit=20`, { token: user.access_token, headers: { "if-none-match": etag } })
      expect([(await again()).status, (await again()).status]).toEqual([304, 304])
      await ask("POST", path, { title: "Feed the cat" })
      expect((await again()).status).toBe(200)
    })
  })
