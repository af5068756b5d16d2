/** Tests that categories are renamed, coloured, deleted and restored, and what their tasks show of it. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { CategoryResource } from "../../../adapters/http/api/v1/CategoryResource.ts"
import {
  type CategoryList,
  type CategoryResponse,
  fields,
  keysOf,
  type Problem,
  type TaskResponse,
} from "../Answers.ts"
import { atOnce, type Client, countStatuses, register, type SuitePorts, startClient, type User } from "../Client.ts"

interface CategoryConflict extends Omit<Problem, "current"> {
  readonly current: CategoryResource
}

export const suite = (name: string, ports: SuitePorts) =>
  describe(`changed categories on ${name}`, () => {
    let client: Client
    let ada: User
    let grace: User
    beforeAll(async () => {
      client = await startClient(ports)
      ada = await register(client)
      grace = await register(client)
    })
    afterAll(() => client.stop())

    interface Options {
      readonly body?: unknown
      readonly ifMatch?: string | undefined
      readonly user?: User
    }
    const ask = <Body = CategoryResponse & CategoryConflict & TaskResponse>(
      method: string,
      path: string,
      { body, ifMatch, user = ada }: Options = {},
    ) => {
      const headers = ifMatch === undefined ? {} : { "if-match": ifMatch }
      return client.ask<Body>(method, path, { token: user.access_token, body, headers })
    }
    let names = 0
    const newName = () => `Label ${++names}`
    const create = async (fields: object = {}, user = ada) =>
      (await ask("POST", "/api/v1/categories", { body: { name: newName(), ...fields }, user })).body.category
    const pathOf = ({ id }: { readonly id: string }) => `/api/v1/categories/${id}`
    const patch = (category: { readonly id: string }, body: object, options: Options = {}) =>
      ask("PATCH", pathOf(category), { ...options, body })
    const remove = (category: { readonly id: string }, options: Options = {}) =>
      ask("DELETE", pathOf(category), options)
    const restore = (category: { readonly id: string }, options: Options = {}) =>
      ask("POST", `${pathOf(category)}/restore`, options)
    const taskWith = async (category: { readonly id: string }) => {
      const { task } = (
        await ask("POST", "/api/v1/tasks", { body: { title: "Water the plants", category_ids: [category.id] } })
      ).body
      return `/api/v1/tasks/${task.id}`
    }

    it("a change is returned with its version as the entity tag, and the list shows it", async () => {
      const category = await create({ color: "#2E7D32" })
      const [renamed, cleared] = [newName(), newName()]
      const first = await patch(category, { version: 1, name: `  ${renamed} ` })
      expect([first.status, first.headers.get("etag"), keysOf(first.body)]).toEqual([200, '"2"', ["category"]])
      expect(first.body.category).toEqual({
        ...category,
        name: renamed,
        version: 2,
        updated_at: first.body.category.updated_at,
      })
      expect(first.body.category.updated_at >= category.updated_at).toBe(true)
      const second = await patch(category, { name: cleared, color: null }, { ifMatch: '"2"' })
      expect([second.status, second.body.category.color, second.headers.get("etag")]).toEqual([200, null, '"3"'])
      const { data } = (await ask<CategoryList>("GET", "/api/v1/categories")).body
      expect(data.find(({ id }) => id === category.id)).toEqual(second.body.category)
    })

    it("a created category has an entity tag", async () => {
      const { headers } = await ask("POST", "/api/v1/categories", { body: { name: newName() } })
      expect(headers.get("etag")).toBe('"1"')
    })

    it("a change without a difference keeps the version", async () => {
      const category = await create({ color: "#2E7D32" })
      for (const same of [{}, { name: ` ${category.name} ` }, { color: "#2E7D32" }]) {
        const { body, headers, status } = await patch(category, { version: 1, ...same })
        expect([status, headers.get("etag"), body.category]).toEqual([200, '"1"', category])
      }
    })

    it("a renamed category changes the entity tag of its tasks, and not their version", async () => {
      const category = await create()
      const path = await taskWith(category)
      const before = await ask("GET", path)
      const tag = before.headers.get("etag") ?? ""
      await patch(category, { version: 1, name: newName() })
      const after = await client.ask<TaskResponse>("GET", path, {
        token: ada.access_token,
        headers: { "if-none-match": tag },
      })
      expect([after.status, after.body.task.version]).toEqual([200, before.body.task.version])
      expect(after.headers.get("etag")).not.toBe(tag)
      // The version did not change, so the tag that the client holds is still good for a change.
      const changed = await ask("PATCH", path, { body: { priority: "high" }, ifMatch: tag })
      expect(changed.status).toBe(200)
    })

    it("a change names the version that the client read", async () => {
      const category = await create()
      const neither = await patch(category, { name: newName() })
      expect([neither.status, neither.body.code, neither.body.errors?.map(({ path }) => path)]).toEqual([
        400,
        "validation_failed",
        ["body.version"],
      ])
      expect((await patch(category, { version: 1, name: newName() }, { ifMatch: '"1-gzip"' })).status).toBe(200)
      const wrong = [
        [{ version: 2 }, '"1"', 400, "precondition_mismatch"],
        [{}, "nonsense", 400, "invalid_etag"],
        [{ version: 3 }, undefined, 400, "unknown_version"],
        [{}, '"3"', 400, "unknown_version"],
        [{ version: 1, on_conflict: "merge" }, undefined, 400, "validation_failed"],
      ] as const
      for (const [body, ifMatch, status, code] of wrong) {
        const answer = await patch(category, { name: newName(), ...body }, { ifMatch })
        expect([body, ifMatch, answer.status, answer.body.code]).toEqual([body, ifMatch, status, code])
      }
      expect((await patch(category, { name: newName() }, { ifMatch: "*" })).body.category.version).toBe(3)
    })

    it("a stale version is a conflict that says what was changed since", async () => {
      const category = await create({ color: "#000000" })
      const { category: current } = (await patch(category, { version: 1, name: newName() })).body
      const sent = { name: newName(), color: "#ffffff" }
      for (const [body, ifMatch, status] of [
        [{ ...sent, version: 1 }, undefined, 409],
        [sent, '"1"', 412],
      ] as const) {
        const answer = await patch(category, body, { ifMatch })
        expect(answer.status).toBe(status)
        expect(answer.body).toMatchObject({
          code: "version_conflict",
          base_version: 1,
          current_version: 2,
          current,
          base: { name: category.name },
          changed_fields: ["name"],
          conflicting_fields: ["name"],
          mergeable: false,
        })
      }
      const other = await patch(category, { version: 1, color: "#ffffff" })
      expect([other.status, other.body.conflicting_fields, other.body.mergeable]).toEqual([409, [], true])
    })

    it("a name is unique among the categories that are not deleted", async () => {
      const [category, other] = [await create(), await create()]
      const taken = await patch(category, { version: 1, name: other.name })
      expect([taken.status, taken.body.code]).toEqual([409, "category_name_taken"])
      // A stale version is reported before the name.
      await patch(category, { version: 1, color: "#ffffff" })
      expect((await patch(category, { version: 1, name: other.name })).body.code).toBe("version_conflict")
      await remove(other)
      expect((await patch(category, { version: 2, name: other.name })).status).toBe(200)
      const refused = await restore(other)
      expect([refused.status, refused.body.code]).toEqual([409, "category_name_taken"])
      await patch(category, { version: 3, name: newName() })
      expect((await restore(other)).status).toBe(200)
    })

    it("a restored category is on its tasks again, in a new version", async () => {
      const category = await create()
      const path = await taskWith(category)
      const { task } = (await ask("GET", path)).body
      await remove(category)
      expect((await ask("GET", path)).body.task.categories).toEqual([])
      const restored = await restore(category)
      expect([restored.status, restored.headers.get("etag"), restored.body.category.version]).toEqual([200, '"2"', 2])
      expect(restored.body.category).toMatchObject({ id: category.id, name: category.name })
      expect((await ask("GET", path)).body.task).toMatchObject({
        version: task.version,
        categories: [restored.body.category],
      })
      const again = await restore(category)
      expect([again.status, again.body.code]).toEqual([409, "not_deleted"])
      expect(keysOf(again.body)).toEqual(fields.problem)
    })

    it("a deletion and a restoration take If-Match", async () => {
      const category = await create()
      await patch(category, { version: 1, color: "#ffffff" })
      for (const [call, ifMatch, status] of [
        [remove, '"1"', 412],
        [remove, '"abc"', 400],
        [remove, '"2"', 204],
        [restore, '"1"', 412],
        [restore, '"3"', 400],
        [restore, 'W/"2"', 200],
        [remove, "*", 204],
        [restore, "*", 200],
      ] as const) {
        const answer = await call(category, { ifMatch })
        expect([ifMatch, answer.status]).toEqual([ifMatch, status])
        if (status === 412) {
          expect(answer.body).toMatchObject({
            base_version: 1,
            base: { color: null },
            changed_fields: ["color"],
            conflicting_fields: [],
          })
        }
      }
    })

    it("a missing category is 404, and another user's is 403 unless it is deleted", async () => {
      const category = await create()
      const missing = { id: ada.user.id }
      const calls = [
        (target: { readonly id: string }, user: User) => patch(target, { version: 1, name: newName() }, { user }),
        (target: { readonly id: string }, user: User) => restore(target, { user }),
      ]
      for (const call of calls) {
        expect((await call(missing, ada)).body.code).toBe("category_not_found")
        expect((await call(category, grace)).body.code).toBe("not_owner")
      }
      await remove(category)
      for (const call of calls) expect((await call(category, grace)).body.code).toBe("category_not_found")
      expect((await patch(category, { version: 1, name: newName() })).body.code).toBe("category_not_found")
    })

    it("exactly one of concurrent changes with one version succeeds; with * all succeed", async () => {
      const category = await create()
      const answers = await atOnce(8, () => patch(category, { version: 1, name: newName() }))
      expect(countStatuses(answers)).toEqual({ 200: 1, 409: 7 })
      expect(countStatuses(await atOnce(8, () => patch(category, { name: newName() }, { ifMatch: "*" })))).toEqual({
        200: 8,
      })
      const { data } = (await ask<CategoryList>("GET", "/api/v1/categories")).body
      expect(data.find(({ id }) => id === category.id)?.version).toBe(10)
      expect(countStatuses(await atOnce(8, () => remove(category)))).toEqual({ 204: 1, 404: 7 })
      expect(countStatuses(await atOnce(8, () => restore(category)))).toEqual({ 200: 1, 409: 7 })
    })
  })
