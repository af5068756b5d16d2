/** Tests that one undo takes back a batch of 100 mixed operations, and names what another hand has changed since. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import type { UndoResponse } from "../../../adapters/http/api/v1/UndoResource.ts"
import type { Batch, CategoryList, Problem, TaskPage } from "../Answers.ts"
import { type Client, register, type SuitePorts, startClient, type User } from "../Client.ts"

const times = <A>(count: number, make: (index: number) => A): ReadonlyArray<A> =>
  Array.from({ length: count }, (_, index) => make(index))

export const suite = (name: string, ports: SuitePorts) =>
  describe(`the undo of a batch on ${name}`, () => {
    let client: Client
    let ada: User
    beforeAll(async () => {
      client = await startClient(ports)
    })
    beforeEach(async () => {
      ada = await register(client)
    })
    afterAll(() => client.stop())

    const ask = <Body>(method: string, path: string, body?: unknown) =>
      client.ask<Body>(method, path, { token: ada.access_token, body })
    const run = async (operations: ReadonlyArray<object>) => {
      const answer = await ask<Batch>("POST", "/api/v1/batch", { operations })
      expect(answer.status, JSON.stringify(answer.body)).toBe(200)
      return answer.body
    }
    const undo = (body: object) => ask<UndoResponse & Problem>("POST", "/api/v1/undo", body)

    /** Returns all tasks and categories, without what an undo does not put back: versions and times of change. */
    const state = async () => {
      const { body: tasks } = await ask<TaskPage>("GET", "/api/v1/tasks?limit=100&sort=created_at&order=asc")
      const { body: categories } = await ask<CategoryList>("GET", "/api/v1/categories")
      const steady = <A extends { readonly version: number; readonly updated_at: string }>({
        updated_at: _,
        version: __,
        ...rest
      }: A) => rest
      return {
        tasks: tasks.data.map((task) => ({ ...steady(task), categories: task.categories.map(steady) })),
        categories: categories.data.map(steady),
      }
    }

    /** Makes 50 tasks and 20 categories, and changes them by 100 operations in one batch. */
    const runMixedBatch = async () => {
      const { results: labels } = await run(
        times(20, (index) => ({ op: "create_category", category: { name: `Label ${index}` } })),
      )
      const label = (index: number) => labels[index]?.category?.id ?? ""
      const { results } = await run(
        times(50, (index) => ({
          op: "create_task",
          task: { title: `Task ${index}`, priority: "low" },
          category_ids: [label(index % 10)],
        })),
      )
      const task = (index: number) => results[index]?.task?.id ?? ""
      const before = await state()
      const batch = await run([
        ...times(15, (index) => ({ op: "create_task", ref: `new${index}`, task: { title: `New ${index}` } })),
        ...times(5, (index) => ({ op: "create_category", ref: `label${index}`, category: { name: `New ${index}` } })),
        ...times(5, (index) => ({ op: "assign_category", task_id: `$new${index}`, category_id: `$label${index}` })),
        ...times(25, (index) => ({
          op: "update_task",
          task_id: task(index),
          version: 1,
          task: { title: `Changed ${index}`, priority: "high", due_date: "2099-01-01T00:00:00Z" },
        })),
        ...times(15, (index) => ({
          op: "assign_category",
          task_id: task(index),
          category_id: label(10 + (index % 5)),
        })),
        ...times(10, (index) => ({ op: "remove_category", task_id: task(20 + index), category_id: label(index) })),
        ...times(10, (index) => ({ op: "delete_task", task_id: task(30 + index), version: 1 })),
        ...times(5, (index) => ({ op: "restore_task", task_id: task(30 + index) })),
        ...times(5, (index) => ({
          op: "update_category",
          category_id: label(15 + index),
          version: 1,
          category: { name: `Renamed ${index}`, color: "#2E7D32" },
        })),
        ...times(5, (index) => ({ op: "delete_category", category_id: label(index) })),
      ])
      expect(batch.results).toHaveLength(100)
      return { batch_id: batch.batch_id, before, after: await state(), task }
    }

    it("leaves everything as it was, and its own undo leaves everything as it was after the batch", async () => {
      const { after, batch_id, before } = await runMixedBatch()
      expect(after).not.toEqual(before)
      const undone = await undo({ batch_id })
      expect([undone.status, undone.body.skipped]).toEqual([200, []])
      expect(await state()).toEqual(before)
      const redone = await undo({ batch_id: undone.body.batch_id })
      expect([redone.status, redone.body.skipped]).toEqual([200, []])
      expect(await state()).toEqual(after)
    })

    it("names the one field that was changed since, and puts back all others if it may", async () => {
      const { batch_id, before, task } = await runMixedBatch()
      const { body } = await ask<Batch>("POST", "/api/v1/batch", {
        operations: [{ op: "update_task", task_id: task(0), version: "*", task: { title: "By another hand" } }],
      })
      const blocked = await undo({ batch_id })
      expect([blocked.status, blocked.body.code]).toEqual([409, "undo_conflict"])
      expect(blocked.body.blocked).toMatchObject([{ task_id: task(0), fields: ["title"] }])
      const partial = await undo({ batch_id, partial: true })
      expect([partial.status, partial.body.skipped.length]).toEqual([200, 1])
      expect(await state()).toEqual({
        ...before,
        tasks: before.tasks.map((each) => (each.id === task(0) ? { ...each, title: "By another hand" } : each)),
      })
      expect(body.batch_id).not.toBe(batch_id)
    })
  })
