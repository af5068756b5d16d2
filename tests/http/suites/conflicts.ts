/** Tests conflicts of stale versions: what they say was changed since, and to which callers. */
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { Version } from "../../../domain/shared/Version.ts"
import { TaskTitle } from "../../../domain/tasks/TaskFields.ts"
import { keepTask } from "../../support/entities.ts"
import { fields, keysOf } from "../Answers.ts"
import type { SuitePorts } from "../Client.ts"
import { type Options, onTask, original, pathOf, useConflictCalls } from "./conflictCalls.ts"

/** Tests the members of version conflicts. */
export const suite = (name: string, ports: SuitePorts) =>
  describe(`conflicts on ${name}`, () => {
    const { ada, ask, client, create, createCategory, eve, get, patch } = useConflictCalls(ports)

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
      const task = await client().run(
        Effect.gen(function* () {
          const { update } = yield* TaskRepository
          const before = yield* keepTask(UserId.make(ada().user.id))
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
        const others = await ask(method, path, { ...options, user: eve() })
        expect([method, others.status, keysOf(others.body)]).toEqual([method, 404, fields.problem])
      }
      const never = await ask("GET", pathOf({ id: ada().user.id }))
      expect([never.status, keysOf(never.body)]).toEqual([404, fields.problem])
    })
  })
