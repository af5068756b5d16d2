/** Tests conflicts of stale versions: what they say, and how changes are merged. */
import { Effect } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { Version } from "../../../domain/shared/Version.ts"
import { TaskTitle } from "../../../domain/tasks/TaskFields.ts"
import { keepTask } from "../../support/entities.ts"
import { type CategoryResponse, fields, keysOf, type Problem, type UpdatedTaskResponse } from "../Answers.ts"
import { atOnce, type Client, countStatuses, register, type SuitePorts, startClient, type User } from "../Client.ts"

/** Tests the members of version conflicts, merges, and changes by clients that all hold the same version. */
export const suite = (name: string, ports: SuitePorts) =>
  describe(`conflicts on ${name}`, () => {
    let client: Client
    let ada: User
    let eve: User
    beforeAll(async () => {
      client = await startClient(ports)
      ada = await register(client)
      eve = await register(client)
    })
    afterAll(() => client.stop())

    interface Options {
      readonly body?: unknown
      readonly ifMatch?: string | undefined
      readonly user?: User
    }
    const ask = <Body = UpdatedTaskResponse & Problem>(
      method: string,
      path: string,
      { body, ifMatch, user = ada }: Options = {},
    ) => {
      const headers = ifMatch === undefined ? {} : { "if-match": ifMatch }
      return client.ask<Body>(method, path, { token: user.access_token, body, headers })
    }
    const original = {
      title: "Buy milk",
      description: "Two bottles.",
      status: "pending",
      priority: "low",
      due_date: "2099-01-01T00:00:00.000Z",
    }
    const create = async (fields: object = {}) =>
      (await ask("POST", "/api/v1/tasks", { body: { ...original, ...fields } })).body.task
    const pathOf = ({ id }: { readonly id: string }) => `/api/v1/tasks/${id}`
    const get = async (task: { readonly id: string }) => (await ask("GET", pathOf(task))).body.task
    const patch = (task: { readonly id: string }, body: object, ifMatch?: string) =>
      ask("PATCH", pathOf(task), { body, ifMatch })
    let categories = 0
    const createCategory = async () =>
      (await ask<CategoryResponse>("POST", "/api/v1/categories", { body: { name: `Label ${++categories}` } })).body
        .category
    const onTask = (task: { readonly id: string }, category: { readonly id: string }) =>
      `${pathOf(task)}/categories/${category.id}`

    it("a conflict says what was changed since, and which fields are in conflict", async () => {
      const task = await create()
      await patch(task, { version: 1, title: "Buy oat milk", status: "completed" })
      await patch(task, { version: 2, priority: "high", status: "pending" })
      const current = await get(task)
      const sent = { title: "Buy rye milk", due_date: "2099-02-02T00:00:00.000Z" }
      for (const [body, ifMatch, status] of [
        [{ ...sent, version: 1 }, undefined, 409],
        [sent, '"1"', 412],
        [{ ...sent, version: 1, on_conflict: "refuse" }, 'W/"1-gzip"', 412],
        [{ ...sent, version: 1, on_conflict: "merge" }, undefined, 409],
        [{ ...sent, on_conflict: "merge" }, '"1"', 412],
      ] as const) {
        const answer = await patch(task, body, ifMatch)
        expect([body, answer.status, keysOf(answer.body)]).toEqual([
          body,
          status,
          [...fields.problem, ...fields.conflict].sort(),
        ])
        expect(answer.body).toMatchObject({
          code: "version_conflict",
          base_version: 1,
          current_version: 3,
          current,
          changed_fields: ["title", "priority"],
          conflicting_fields: ["title"],
          mergeable: false,
        })
        expect(answer.body.base).toEqual({ title: "Buy milk", priority: "low" })
      }
      expect(await get(task)).toEqual(current)
    })

    it("equal values on both sides are no conflict, and neither is a field that only one side changed", async () => {
      const task = await create()
      await patch(task, { version: 1, title: "Buy oat milk", due_date: null })
      const { body } = await patch(task, { version: 1, title: " Buy oat milk ", due_date: null, priority: "high" })
      expect([body.changed_fields, body.conflicting_fields, body.mergeable]).toEqual([["title", "due_date"], [], true])
      expect(body.base).toEqual({ title: "Buy milk", due_date: original.due_date })
    })

    it("a merged change keeps what was changed since, and is as good as one in the current version", async () => {
      const task = await create()
      await patch(task, { version: 1, priority: "high" })
      const { body, headers, status } = await patch(task, { version: 1, title: "Buy oat milk", on_conflict: "merge" })
      expect([status, headers.get("etag"), keysOf(body)]).toEqual([200, '"3"', ["merged", "task"]])
      expect(body.merged).toEqual({ base_version: 1, onto_version: 2, kept: ["priority"] })
      expect(body.task).toMatchObject({ ...original, title: "Buy oat milk", priority: "high", version: 3 })
      expect(await get(task)).toEqual(body.task)
      const byHeader = await patch(task, { status: "completed", on_conflict: "merge" }, '"1", W/"2-gzip"')
      expect(byHeader.body.merged).toEqual({ base_version: 2, onto_version: 3, kept: ["title"] })
      expect(byHeader.body.task.version).toBe(4)
    })

    it("a merge that is repeated with its idempotency key gets the response to the first", async () => {
      const task = await create()
      await patch(task, { version: 1, priority: "high" })
      const merge = () =>
        client.ask<UpdatedTaskResponse>("PATCH", pathOf(task), {
          token: ada.access_token,
          body: { version: 1, title: "Buy oat milk", on_conflict: "merge" },
          headers: { "idempotency-key": `merge-${task.id}` },
        })
      const [first, second] = [await merge(), await merge()]
      expect([first.status, second.status, second.headers.get("idempotency-replayed")]).toEqual([200, 200, "true"])
      expect(first.body.merged).toEqual({ base_version: 1, onto_version: 2, kept: ["priority"] })
      expect([second.text, second.headers.get("etag")]).toEqual([first.text, '"3"'])
    })

    it("a change in the current version is not merged", async () => {
      const task = await create()
      for (const [body, ifMatch] of [
        [{ version: 1, priority: "high" }, undefined],
        [{ title: "Buy oat milk" }, '"2"'],
        [{ status: "completed" }, "*"],
      ] as const) {
        const answer = await patch(task, { ...body, on_conflict: "merge" }, ifMatch)
        expect([answer.status, keysOf(answer.body)]).toEqual([200, ["task"]])
      }
      expect((await get(task)).version).toBe(4)
    })

    it("a merge that changes nothing keeps the version", async () => {
      const task = await create()
      await patch(task, { version: 1, priority: "high" })
      for (const same of [{}, { priority: "high" }, { title: original.title }]) {
        const { body, status } = await patch(task, { version: 1, ...same, on_conflict: "merge" })
        expect([status, body.task.version, body.merged]).toEqual([
          200,
          2,
          { base_version: 1, onto_version: 2, kept: ["priority"] },
        ])
      }
    })

    it("a merge checks a due date as a change in the current version does", async () => {
      const task = await create({ due_date: null })
      await patch(task, { version: 1, priority: "high" })
      const past = await patch(task, { version: 1, due_date: "2020-01-01T00:00:00Z", on_conflict: "merge" })
      expect([past.status, past.body.errors?.map(({ path }) => path)]).toEqual([400, ["body.due_date"]])
    })

    it("a value of on_conflict besides merge and refuse is 400", async () => {
      const task = await create()
      const { body, status } = await patch(task, { version: 1, on_conflict: "mine" })
      expect([status, body.errors?.map(({ path }) => path)]).toEqual([400, ["body.on_conflict"]])
    })

    it("a version above the current one is 400, in the body and in the header", async () => {
      const task = await create()
      const [category, other] = [await createCategory(), await createCategory()]
      await ask("POST", onTask(task, category))
      const calls: ReadonlyArray<readonly [string, string, Options]> = [
        ["PATCH", pathOf(task), { body: { version: 3 } }],
        ["PATCH", pathOf(task), { body: { version: 3, title: "Buy oat milk", on_conflict: "merge" } }],
        ...['"3"', '"7-gzip", "3"', '"99999999999999999999"'].flatMap((ifMatch) => [
          ["PATCH", pathOf(task), { body: {}, ifMatch }] as const,
          ["DELETE", pathOf(task), { ifMatch }] as const,
          ["POST", onTask(task, other), { ifMatch }] as const,
          ["DELETE", onTask(task, category), { ifMatch }] as const,
        ]),
      ]
      for (const [method, path, options] of calls) {
        const { body, status } = await ask(method, path, options)
        expect([method, options, status, body.code]).toEqual([method, options, 400, "unknown_version"])
        expect(body.current_version).toBe(2)
      }
      expect((await get(task)).version).toBe(2)
    })

    it("of a list in If-Match, the highest version that exists is the base", async () => {
      const task = await create()
      await patch(task, { version: 1, title: "Buy oat milk" })
      await patch(task, { version: 2, priority: "high" })
      for (const [ifMatch, base, changed] of [
        ['"1", "2", "9"', 2, ["priority"]],
        ['"2", "1"', 2, ["priority"]],
        ['"9", W/"1-gzip"', 1, ["title", "priority"]],
        ['"0"', null, null],
      ] as const) {
        const { body, status } = await patch(task, { status: "completed" }, ifMatch)
        expect([ifMatch, status, body.base_version, body.changed_fields]).toEqual([ifMatch, 412, base, changed])
      }
    })

    it("a base that the history does not reach back to is a conflict without an explanation", async () => {
      // As a task from before the history was kept: its versions have no changes.
      const task = await client.run(
        Effect.gen(function* () {
          const { update } = yield* TaskRepository
          const before = yield* keepTask(UserId.make(ada.user.id))
          const after = { ...before, title: TaskTitle.make("Water the roses"), version: Version.make(5) }
          yield* update(before, after)
          return after
        }),
      )
      const unexplained = { base: null, changed_fields: null, conflicting_fields: null, mergeable: false }
      // The one change since version 4 is known.
      const known = await patch(task, { version: 4, priority: "high" })
      expect([known.status, known.body.base]).toEqual([409, { title: "Water the plants" }])
      for (const on_conflict of ["refuse", "merge"]) {
        const { body, status } = await patch(task, { version: 1, priority: "high", on_conflict })
        expect([on_conflict, status]).toEqual([on_conflict, 409])
        expect(body).toMatchObject({ base_version: 1, current_version: 5, ...unexplained })
      }
      const { body, status } = await ask("DELETE", pathOf(task), { ifMatch: '"0"' })
      expect([status, body.base_version]).toEqual([412, null])
      expect(body).toMatchObject(unexplained)
    })

    it("a conflict names the categories that were put on and taken off", async () => {
      const [kept, removed, added] = [await createCategory(), await createCategory(), await createCategory()]
      const task = await create({ category_ids: [kept.id, removed.id] })
      await ask("DELETE", onTask(task, removed))
      await ask("POST", onTask(task, added))
      const { body } = await patch(task, { version: 1, title: "Buy oat milk" })
      expect([body.changed_fields, body.conflicting_fields, body.mergeable]).toEqual([["category_ids"], [], true])
      expect(body.base).toEqual({ category_ids: [kept.id, removed.id].sort() })
      const merged = await patch(task, { version: 1, title: "Buy oat milk", on_conflict: "merge" })
      expect(merged.body.merged).toEqual({ base_version: 1, onto_version: 3, kept: ["category_ids"] })
      expect(merged.body.task.categories).toEqual([kept, added])
    })

    it("a deletion, an assignment and a removal with a stale If-Match say what was changed since", async () => {
      const [category, other] = [await createCategory(), await createCategory()]
      const task = await create({ category_ids: [category.id] })
      await patch(task, { version: 1, title: "Buy oat milk" })
      for (const [method, path] of [
        ["DELETE", pathOf(task)],
        ["POST", onTask(task, other)],
        ["DELETE", onTask(task, category)],
      ] as const) {
        const { body, status } = await ask(method, path, { ifMatch: '"1"' })
        expect([method, path, status]).toEqual([method, path, 412])
        expect(body).toMatchObject({
          base_version: 1,
          current_version: 2,
          changed_fields: ["title"],
          conflicting_fields: [],
          mergeable: true,
        })
        expect(body.base).toEqual({ title: "Buy milk" })
      }
    })

    it("a deleted task is 404, and says to its owner alone that it is in the trash", async () => {
      const [category, other] = [await createCategory(), await createCategory()]
      const task = await create({ category_ids: [category.id] })
      await ask("DELETE", pathOf(task))
      const calls = [
        ["GET", pathOf(task), {}],
        ["PATCH", pathOf(task), { body: { version: 1 } }],
        ["PATCH", pathOf(task), { body: { on_conflict: "merge" }, ifMatch: "*" }],
        ["DELETE", pathOf(task), {}],
        ["DELETE", pathOf(task), { ifMatch: '"1"' }],
        ["POST", onTask(task, other), {}],
        ["DELETE", onTask(task, category), {}],
      ] as const
      for (const [method, path, options] of calls) {
        const own = await ask(method, path, options)
        expect([method, options, own.status, own.body.code]).toEqual([method, options, 404, "task_not_found"])
        expect([own.body.in_trash, own.body.deleted_at]).toEqual([true, expect.stringMatching(/^\d{4}-.*Z$/)])
        const others = await ask(method, path, { ...options, user: eve })
        expect([method, others.status, keysOf(others.body)]).toEqual([method, 404, fields.problem])
      }
      const never = await ask("GET", pathOf({ id: ada.user.id }))
      expect([never.status, keysOf(never.body)]).toEqual([404, fields.problem])
    })

    it("8 clients with one stale version change a field each: all succeed, and all values stand", async () => {
      const [removed, first, second] = [await createCategory(), await createCategory(), await createCategory()]
      const task = await create({ category_ids: [removed.id] })
      await patch(task, { version: 1, title: "Buy oat milk" })
      await patch(task, { version: 2, title: original.title })
      const values = {
        title: "Buy rye milk",
        description: null,
        status: "completed",
        priority: "high",
        due_date: "2099-02-02T00:00:00.000Z",
      }
      const changes = Object.entries(values).map(
        ([field, value]) =>
          () =>
            patch(task, { version: 1, [field]: value, on_conflict: "merge" }),
      )
      const answers = await Promise.all([
        ...changes.map((change) => change()),
        ask("POST", onTask(task, first)),
        ask("POST", onTask(task, second)),
        ask("DELETE", onTask(task, removed)),
      ])
      expect(countStatuses(answers)).toEqual({ 200: 7, 204: 1 })
      const { categories, version, ...rest } = await get(task)
      expect([rest, categories, version]).toMatchObject([values, [first, second], 3 + 8])
    })

    it.each([1, 2])(
      "8 clients change one field from version %i of 2: one succeeds, and 7 see the right base",
      async (version) => {
        const task = await create()
        await patch(task, { version: 1, priority: "high" })
        const answers = await atOnce(8, (index) =>
          patch(task, { version, title: `Client ${index}`, on_conflict: "merge" }),
        )
        expect(countStatuses(answers)).toEqual({ 200: 1, 409: 7 })
        const current = await get(task)
        for (const { body, status } of answers) {
          if (status === 200) expect(body.task).toEqual(current)
          else {
            expect(body).toMatchObject({ base_version: version, current_version: 3, current, mergeable: false })
            expect([body.base?.["title"], body.conflicting_fields]).toEqual(["Buy milk", ["title"]])
          }
        }
      },
    )
  })
