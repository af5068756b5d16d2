/** Tests changes of stale versions that are merged: what they keep, and which fields are in conflict. */
import { describe, expect, it } from "vitest"
import { keysOf, type UpdatedTaskResponse } from "../Answers.ts"
import { atOnce, countStatuses, type SuitePorts } from "../Client.ts"
import { onTask, original, pathOf, useConflictCalls } from "./conflictCalls.ts"

/** Tests merges, and changes by clients that all hold the same version. */
export const suite = (name: string, ports: SuitePorts) =>
  describe(`conflicts on ${name}`, () => {
    const { ada, ask, client, create, createCategory, get, patch } = useConflictCalls(ports)

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
        client().ask<UpdatedTaskResponse>("PATCH", pathOf(task), {
          token: ada().access_token,
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
