/** Tests conditional requests. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type CategoryResponse, fields, keysOf, type Problem, type TaskResponse } from "../Answers.ts"
import { atOnce, type Client, countStatuses, register, type SuitePorts, startClient, type User } from "../Client.ts"

/** Tests `If-Match`, `If-None-Match` and the tags that they name. */
export const suite = (name: string, ports: SuitePorts) =>
  describe(`preconditions on ${name}`, () => {
    let client: Client
    let ada: User
    beforeAll(async () => {
      client = await startClient(ports)
      ada = await register(client)
    })
    afterAll(() => client.stop())

    const ask = <Body = TaskResponse & Problem>(
      method: string,
      path: string,
      {
        body,
        headers,
        token = ada.access_token,
      }: { body?: unknown; headers?: Record<string, string>; token?: string } = {},
    ) => client.ask<Body>(method, path, { token, body, headers })
    const create = async () =>
      (await ask<TaskResponse>("POST", "/api/v1/tasks", { body: { title: "Water the plants" } })).body.task
    const pathOf = ({ id }: { id: string }) => `/api/v1/tasks/${id}`
    let categories = 0
    const createCategory = async () =>
      (await ask<CategoryResponse>("POST", "/api/v1/categories", { body: { name: `Label ${++categories}` } })).body
        .category
    const tagOf = async (path: string) => (await ask("GET", path)).headers.get("etag") ?? ""
    const onTask = (task: { id: string }, category: { id: string }) => `${pathOf(task)}/categories/${category.id}`

    it("a task's entity tag changes with its categories, even if its version stays", async () => {
      const task = await create()
      const [one, other] = [await createCategory(), await createCategory()]
      expect(await tagOf(pathOf(task))).toBe('"1"')
      const first = await ask("POST", onTask(task, one))
      expect(first.headers.get("etag")).toMatch(/^"2\.[\w-]+"$/)
      const second = await ask("POST", onTask(task, other))
      const tag = await tagOf(pathOf(task))
      expect(tag).toMatch(/^"3\.[\w-]+"$/)
      expect(second.headers.get("etag")).toBe(tag)
      const patched = await ask("PATCH", pathOf(task), { body: { version: 3 } })
      expect(patched.headers.get("etag")).toBe(tag)

      await ask("DELETE", `/api/v1/categories/${other.id}`)
      const after = await ask("GET", pathOf(task), { headers: { "if-none-match": tag } })
      expect([after.status, after.body.task.version, after.body.task.categories]).toEqual([200, 3, [one]])
      expect(after.headers.get("etag")).toMatch(/^"3\.[\w-]+"$/)
      expect(after.headers.get("etag")).not.toBe(tag)
      await ask("DELETE", `/api/v1/categories/${one.id}`)
      expect(await tagOf(pathOf(task))).toBe('"3"')
    })

    it("a task that the client has already is 304, without a body", async () => {
      const task = await create()
      await ask("POST", onTask(task, await createCategory()))
      const tag = await tagOf(pathOf(task))
      for (const held of [tag, `W/${tag}`, `"1", ${tag}`, `"1",W/${tag},"9"`, "*"]) {
        for (const method of ["GET", "HEAD"]) {
          const { headers, status, text } = await ask(method, pathOf(task), { headers: { "if-none-match": held } })
          expect([method, held, status, text]).toEqual([method, held, 304, ""])
          expect(headers.get("etag")).toBe(tag)
          expect(headers.get("cache-control")).toBe("private, no-cache")
          expect(headers.get("vary")).toContain("Authorization")
          expect(headers.get("content-length")).toBeNull()
          expect(headers.get("content-type")).toBeNull()
          expect(headers.get("ratelimit-limit")).not.toBeNull()
        }
      }
      for (const held of ['"2"', '"1"', "2", "nonsense", `${tag.slice(0, -1)}-gzip"`]) {
        const { body, status } = await ask("GET", pathOf(task), { headers: { "if-none-match": held } })
        expect([held, status, body.task.id]).toEqual([held, 200, task.id])
      }
    })

    it("a missing task, another user's task and a request without a token are refused, whatever the entity tag", async () => {
      const task = await create()
      const eve = await register(client)
      const headers = { "if-none-match": "*" }
      expect((await ask("GET", pathOf(ada.user), { headers })).status).toBe(404)
      expect((await ask("GET", pathOf(task), { headers, token: eve.access_token })).status).toBe(403)
      expect((await ask("GET", pathOf(task), { headers, token: "nonsense" })).status).toBe(401)
      expect((await ask("GET", "/api/v1/tasks?limit=0", { headers })).status).toBe(400)
    })

    it("a list has an entity tag, and is 304 until its content changes", async () => {
      const eve = await register(client)
      const asEve = (method: string, path: string, headers: Record<string, string> = {}, body?: unknown) =>
        ask<TaskResponse & CategoryResponse>(method, path, { token: eve.access_token, headers, body })
      for (const path of ["/api/v1/tasks?limit=5", "/api/v1/categories"]) {
        const first = await asEve("GET", path)
        const tag = first.headers.get("etag") ?? ""
        expect(tag).toMatch(/^"[\w-]+"$/)
        for (const method of ["GET", "HEAD"]) {
          const same = await asEve(method, path, { "if-none-match": `"x", W/${tag}` })
          expect([method, same.status, same.text, same.headers.get("etag")]).toEqual([method, 304, "", tag])
          expect(same.headers.get("content-length")).toBeNull()
        }
        expect((await asEve("HEAD", path)).headers.get("etag")).toBe(tag)
        if (path === "/api/v1/categories") await asEve("POST", path, {}, { name: "Garden" })
        else await asEve("POST", "/api/v1/tasks", {}, { title: "Water the plants" })
        const after = await asEve("GET", path, { "if-none-match": tag })
        expect([after.status, after.text === first.text]).toEqual([200, false])
        expect(after.headers.get("etag")).not.toBe(tag)
      }
      // A deleted category disappears from the list of tasks, too.
      const { data } = (await asEve("GET", "/api/v1/tasks")).body as unknown as { data: ReadonlyArray<{ id: string }> }
      const { category } = (await asEve("POST", "/api/v1/categories", {}, { name: "Kitchen" })).body
      await asEve("POST", onTask(data[0] ?? { id: "" }, category))
      const tag = (await asEve("GET", "/api/v1/tasks")).headers.get("etag") ?? ""
      await asEve("DELETE", `/api/v1/categories/${category.id}`)
      expect((await asEve("GET", "/api/v1/tasks", { "if-none-match": tag })).status).toBe(200)
    })

    const accepted = ['"2"', 'W/"2"', '"2-gzip"', '"2--br"', 'W/"2.whatever-gzip"', '"1", "2"', "2", "*"]
    const stale = ['"1"', 'W/"1"', '"1-gzip"', '"1--br"', '"1.whatever"', '"1", "3"', '"3", W/"1"', '"0"']
    const invalid = ['""', '"abc"', "abc", '"-2"', '"*"', '"2", "abc"', '*, "2"', '"2']

    /** Creates a task of version 2, and returns it with the changes that accept `If-Match`. */
    const prepare = async () => {
      const task = await create()
      const [kept, other] = [await createCategory(), await createCategory()]
      await ask("POST", onTask(task, kept))
      return [
        { method: "PATCH", path: pathOf(task), body: { status: "completed" }, status: 200 },
        { method: "POST", path: onTask(task, other), body: undefined, status: 200 },
        { method: "DELETE", path: onTask(task, kept), body: undefined, status: 204 },
        { method: "DELETE", path: pathOf(task), body: undefined, status: 204 },
      ].map((change) => ({ ...change, task }))
    }

    it("a change is made if If-Match accepts the version, however proxies have rewritten the tag", async () => {
      for (const tag of accepted) {
        for (let index = 0; index < 4; index++) {
          const change = (await prepare())[index]
          if (change === undefined) throw new Error(`There is no change ${index}`)
          const { body, method, path, status } = change
          const answer = await ask(method, path, { body, headers: { "if-match": tag } })
          expect([tag, method, answer.status]).toEqual([tag, method, status])
        }
      }
    })

    it("an entity tag is accepted in If-Match as it was received", async () => {
      const [patch] = await prepare()
      if (patch === undefined) return
      const tag = await tagOf(patch.path)
      const { body, headers, status } = await ask("PATCH", patch.path, {
        body: { title: "Another" },
        headers: { "if-match": tag },
      })
      expect([status, body.task.version, headers.get("etag")?.slice(0, 3)]).toEqual([200, 3, '"3.'])
    })

    it("a change is 412 with the task as it stands if If-Match does not accept the version", async () => {
      const changes = await prepare()
      for (const { body, method, path, task } of changes) {
        const current = (await ask("GET", pathOf(task))).body.task
        for (const tag of stale) {
          const answer = await ask(method, path, { body, headers: { "if-match": tag } })
          expect([tag, method, answer.status, answer.body.code]).toEqual([tag, method, 412, "version_conflict"])
          expect(answer.body.current_version).toBe(2)
          expect(answer.body.current).toEqual(current)
          expect(keysOf(answer.body)).toEqual([...fields.problem, ...fields.conflict].sort())
        }
        expect((await ask("GET", pathOf(task))).body.task).toEqual(current)
      }
    })

    it("an If-Match that is not the tag of a version is 400, before the task is looked for", async () => {
      const changes = await prepare()
      for (const { body, method, path, task } of changes) {
        for (const tag of invalid) {
          for (const target of [path, path.replaceAll(task.id, ada.user.id)]) {
            const answer = await ask(method, target, { body, headers: { "if-match": tag } })
            expect([tag, method, answer.status, answer.body.code]).toEqual([tag, method, 400, "invalid_etag"])
          }
        }
        expect((await ask("GET", pathOf(task))).body.task.version).toBe(2)
      }
    })

    it("a missing task is 404 and another's 403 before the version counts", async () => {
      const eve = await register(client)
      const changes = await prepare()
      for (const tag of ['"1"', "*"]) {
        for (const { body, method, path, task } of changes) {
          const headers = { "if-match": tag }
          const missing = await ask(method, path.replaceAll(task.id, ada.user.id), { body, headers })
          expect([tag, method, missing.status, missing.body.code]).toEqual([tag, method, 404, "task_not_found"])
          const others = await ask(method, path, { body, headers, token: eve.access_token })
          expect([tag, method, others.status, others.body.code]).toEqual([tag, method, 403, "not_owner"])
        }
      }
      const [patch, assign] = changes
      const headers = { "if-match": '"1"' }
      const nothing = onTask(patch?.task ?? { id: "" }, ada.user)
      expect((await ask("POST", nothing, { headers })).body.code).toBe("category_not_found")
      expect((await ask("DELETE", nothing, { headers })).body.code).toBe("category_not_found")
      // A category that exists and that the task does not have.
      expect((await ask("DELETE", assign?.path ?? "", { headers })).body.code).toBe("category_not_found")
    })

    it("a patch names its version in the body, as If-Match or as both, if they agree", async () => {
      const task = await create()
      const patch = (body: object, tag?: string) =>
        ask("PATCH", pathOf(task), { body, headers: tag === undefined ? {} : { "if-match": tag } })
      expect((await patch({ title: "One" }, '"1"')).status).toBe(200)
      expect((await patch({ title: "Two", version: 2 })).status).toBe(200)
      expect((await patch({ title: "Three", version: 3 }, 'W/"3-gzip"')).status).toBe(200)
      expect((await patch({ title: "Four", version: 4 }, '"3", "4"')).status).toBe(200)
      expect((await patch({ title: "Five", version: 5 }, "*")).status).toBe(200)
      const neither = await patch({ title: "Six" })
      expect([neither.status, neither.body.code]).toEqual([400, "validation_failed"])
      expect(neither.body.errors?.map(({ path }) => path)).toEqual(["body.version"])
      for (const [version, tag] of [
        [6, '"5"'],
        [5, '"6"'],
        [7, '"5", "6"'],
        [6, '"0"'],
      ] as const) {
        const { body, status } = await patch({ title: "Six", version }, tag)
        expect([version, tag, status, body.code]).toEqual([version, tag, 400, "precondition_mismatch"])
      }
      const statusOf = async (body: object, tag?: string) => {
        const { body: problem, status } = await patch(body, tag)
        expect(problem.code).toBe("version_conflict")
        return status
      }
      expect(await statusOf({ version: 5 })).toBe(409)
      expect(await statusOf({ version: 5 }, '"5"')).toBe(412)
      expect(await statusOf({}, '"5"')).toBe(412)
      // The header accepts the current version; the version in the body is stale.
      expect(await statusOf({ version: 5 }, "*")).toBe(409)
      expect(await statusOf({ version: 5 }, '"5", "6"')).toBe(409)
      expect((await ask("GET", pathOf(task))).body.task).toMatchObject({ title: "Five", version: 6 })
    })

    it("exactly one of concurrent changes with one entity tag succeeds; with * all succeed", async () => {
      const task = await create()
      const patch = (tag: string, index: number) =>
        ask("PATCH", pathOf(task), { body: { title: `Writer ${index}` }, headers: { "if-match": tag } })
      expect(countStatuses(await atOnce(16, (index) => patch('"1"', index)))).toEqual({ 200: 1, 412: 15 })
      expect(countStatuses(await atOnce(16, (index) => patch("*", 100 + index)))).toEqual({ 200: 16 })
      expect((await ask("GET", pathOf(task))).body.task.version).toBe(18)
      const label = await createCategory()
      const answers = await atOnce(8, () => ask("POST", onTask(task, label), { headers: { "if-match": '"18"' } }))
      expect(answers.filter(({ status }) => status === 200).length).toBe(1)
      const removals = await atOnce(8, (index) =>
        ask("DELETE", pathOf(task), { headers: { "if-match": index < 4 ? '"18"' : '"19"' } }),
      )
      expect(removals.filter(({ status }) => status === 204).length).toBe(1)
      expect((await ask("GET", pathOf(task))).status).toBe(404)
    })
  })
