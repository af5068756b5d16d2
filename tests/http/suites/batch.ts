/** Tests several operations in one request: their order, their results, their refusals, and how they merge. */
import { describe, expect, it } from "vitest"
import {
  type Batch,
  type CategoryList,
  type CategoryResponse,
  fields,
  keysOf,
  type TaskPage,
  uuidV7,
} from "../Answers.ts"
import { register, type SuitePorts } from "../Client.ts"
import { createOne, missing, title, useBatchCalls } from "./batchCalls.ts"

export const suite = (name: string, ports: SuitePorts) =>
  describe(`a batch on ${name}`, () => {
    const { ask, changes, client, createTask, getTask, run } = useBatchCalls(ports)
    const countTasks = async () => (await ask<TaskPage>("GET", "/api/v1/tasks?limit=1")).body.total
    const statusesOf = ({ results }: Pick<Batch, "results">) => results.map(({ status }) => status)

    it("its operations run in order, name what earlier ones create, and are one batch of changes", async () => {
      const task = await createTask()
      const { body, headers, status } = await run([
        { op: "create_category", ref: "home", category: { name: "Home" } },
        { op: "create_task", ref: "a", task: { title: "Buy milk" }, category_ids: ["$home"] },
        { op: "update_task", task_id: task.id.toUpperCase(), version: 1, task: { status: "completed" } },
        { op: "update_task", task_id: "$a", task: { priority: "high" } },
        { op: "update_task", task_id: task.id, version: "*", task: { title: "Water all plants" } },
        { op: "assign_category", task_id: task.id, category_id: "$home", version: 3 },
        { op: "remove_category", task_id: "$a", category_id: "$home" },
        { op: "delete_task", task_id: task.id, version: 4 },
        { op: "restore_task", task_id: task.id },
        { op: "delete_category", category_id: "$home" },
      ])
      expect(status).toBe(200)
      expect(keysOf(body)).toEqual(["applied", "batch_id", "results"])
      expect(body.applied).toBe(true)
      expect(body.batch_id).toMatch(uuidV7)
      expect(headers.get("undo-id")).toBe(body.batch_id)
      expect(statusesOf(body)).toEqual([201, 201, 200, 200, 200, 200, 204, 204, 200, 204])
      expect(body.results.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
      expect(body.results.map((result) => keysOf(result).filter((key) => !["index", "status"].includes(key)))).toEqual([
        ["category"],
        ["task"],
        ["task"],
        ["task"],
        ["task"],
        ["task"],
        [],
        [],
        ["task"],
        [],
      ])
      const made = body.results[3]?.task
      expect(keysOf(made ?? {})).toEqual(fields.task)
      expect(made).toMatchObject({ title: "Buy milk", priority: "high", version: 2, categories: [{ name: "Home" }] })
      expect(await getTask(made?.id ?? "")).toMatchObject({ version: 3, categories: [] })
      expect(await getTask(task.id)).toMatchObject({ title: "Water all plants", status: "completed", categories: [] })
      expect((await ask<CategoryList>("GET", "/api/v1/categories")).body.data).toEqual([])
      const batch = (await changes()).filter(({ batchId }) => batchId === body.batch_id)
      expect(batch.map(({ entity, op }) => `${entity} ${op}`).toReversed()).toEqual([
        "category created",
        "task created",
        "task updated",
        "task updated",
        "task updated",
        "task updated",
        "task updated",
        "task deleted",
        "task restored",
        "category deleted",
      ])
    })

    it("its first refusal ends it, with the results up to there, and nothing is done", async () => {
      const task = await createTask()
      const before = await changes()
      const update = (version: number) => ({
        op: "update_task",
        task_id: task.id,
        version,
        task: { status: "completed" },
      })
      const conflict = await run([createOne, update(1), update(1), createOne])
      expect([conflict.status, conflict.body.code, conflict.body.failed_index]).toEqual([409, "batch_failed", 2])
      expect(statusesOf(conflict.body)).toEqual([201, 200, 409])
      expect(conflict.body.results[2]?.problem).toMatchObject({
        code: "version_conflict",
        current_version: 2,
        request_id: conflict.headers.get("x-request-id"),
      })
      const refused = await run([createOne, missing, createOne])
      expect([refused.status, refused.body.code, refused.body.failed_index]).toEqual([422, "batch_failed", 1])
      expect(statusesOf(refused.body)).toEqual([201, 404])
      expect(refused.body.results[1]?.problem).toMatchObject({ code: "task_not_found", status: 404 })
      for (const { headers } of [conflict, refused]) expect(headers.get("undo-id")).toBe(null)
      expect(await getTask(task.id)).toEqual(task)
      expect(await changes()).toEqual(before)
    })

    it("that is not atomic puts each problem in its place, and does the rest", async () => {
      const eve = await register(client())
      const foreign = await createTask(eve.access_token)
      const task = await createTask()
      const before = await countTasks()
      const { body, status } = await run(
        [
          missing,
          { op: "update_task", task_id: foreign.id, version: 1, task: { priority: "low" } },
          { op: "create_category", ref: "b", category: { name: "Garden" } },
          { op: "create_category", ref: "c", category: { name: "Garden" } },
          { op: "create_task", ref: "a", task: { title }, category_ids: ["$c"] },
          { op: "delete_task", task_id: "$a" },
          { op: "assign_category", task_id: task.id, category_id: "$b" },
          { op: "assign_category", task_id: task.id, category_id: "$b" },
          { op: "create_task", task: { title, due_date: "2020-01-01T00:00:00Z" } },
          { op: "restore_task", task_id: task.id },
          createOne,
        ],
        { atomic: false },
      )
      expect([status, body.applied]).toEqual([200, true])
      expect(statusesOf(body)).toEqual([404, 403, 201, 409, 404, 404, 200, 409, 400, 409, 201])
      const codes = body.results.flatMap(({ problem }) => (problem === undefined ? [] : [problem.code]))
      expect(codes).toEqual([
        "task_not_found",
        "not_owner",
        "category_name_taken",
        "category_not_found",
        "task_not_found",
        "category_already_assigned",
        "validation_failed",
        "not_deleted",
      ])
      expect(body.results[4]?.problem?.detail).toContain("$c")
      // The path is that in the request of the batch.
      expect(body.results[8]?.problem).toMatchObject({
        errors: [{ path: "body.operations.8.task.due_date", message: "must be in the future" }],
      })
      expect(await countTasks()).toBe(before + 1)
      const none = await run([missing], { atomic: false })
      expect([none.status, none.body.applied, none.body.batch_id]).toEqual([200, false, undefined])
      expect(none.headers.get("undo-id")).toBe(null)
    })

    it("it changes, deletes and restores categories, and compares their versions", async () => {
      const category = (await ask<CategoryResponse>("POST", "/api/v1/categories", { name: "Attic" })).body.category
      const named = { category_id: category.id }
      const { body } = await run(
        [
          { op: "update_category", ...named, version: 1, category: { name: "Cellar" } },
          { op: "update_category", ...named, version: 1, category: { name: "Loft" } },
          { op: "update_category", ...named, version: 9, category: { name: "Loft" } },
          { op: "delete_category", ...named, version: 1 },
          { op: "delete_category", ...named, version: 2 },
          { op: "restore_category", ...named },
          { op: "restore_category", ...named },
          { op: "create_category", ref: "new", category: { name: "Shed" } },
          { op: "update_category", category_id: "$new", category: { color: "#2E7D32" } },
        ],
        { atomic: false },
      )
      expect(statusesOf(body)).toEqual([200, 409, 400, 409, 204, 200, 409, 201, 200])
      expect(body.results.flatMap(({ problem }) => (problem === undefined ? [] : [problem.code]))).toEqual([
        "version_conflict",
        "unknown_version",
        "version_conflict",
        "not_deleted",
      ])
      expect(body.results[1]?.problem).toMatchObject({ current: { name: "Cellar", version: 2 } })
      expect(body.results[5]?.category).toMatchObject({ id: category.id, name: "Cellar" })
      expect(body.results[8]?.category).toMatchObject({ name: "Shed", color: "#2E7D32", version: 2 })
    })

    it("it merges a change for an older version if no field is in conflict", async () => {
      const task = await createTask()
      await ask("PATCH", `/api/v1/tasks/${task.id}`, { version: 1, priority: "high" })
      const update = (fields: object) => ({
        op: "update_task",
        task_id: task.id,
        version: 1,
        on_conflict: "merge",
        task: fields,
      })
      const { body } = await run([update({ status: "completed" }), update({ priority: "low" })], { atomic: false })
      expect(statusesOf(body)).toEqual([200, 409])
      expect(body.results[0]).toMatchObject({
        task: { status: "completed", priority: "high", version: 3 },
        merged: { base_version: 1, onto_version: 2, kept: ["priority"] },
      })
      expect(body.results[1]?.problem).toMatchObject({
        code: "version_conflict",
        base_version: 1,
        conflicting_fields: ["priority"],
      })
    })
  })
