/** Tests several operations in one request: their order, their refusals, dry runs, and what a batch costs. */
import { Effect } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { ChangeRepository } from "../../../application/changes/ChangeRepository.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"
import {
  type Batch,
  type CategoryList,
  type CategoryResponse,
  fields,
  keysOf,
  type TaskPage,
  type TaskResponse,
  uuidV7,
} from "../Answers.ts"
import { type Client, register, type SuitePorts, startClient, type User } from "../Client.ts"
import { expectRefused } from "./input/expectRefused.ts"

const nowhere = "0193a5ae-3c44-7a90-b6f7-1d2c3b4a5968"
const title = "Water the plants"
const createOne = { op: "create_task", task: { title } }
const missing = { op: "delete_task", task_id: nowhere }

export const suite = (name: string, ports: SuitePorts) =>
  describe(`a batch on ${name}`, () => {
    let client: Client
    let ada: User
    beforeAll(async () => {
      client = await startClient(ports)
      ada = await register(client)
    })
    afterAll(() => client.stop())

    const ask = <Body>(method: string, path: string, body?: unknown, token = ada.access_token) =>
      client.ask<Body>(method, path, { token, body })
    const run = (operations: ReadonlyArray<unknown>, options: object = {}) =>
      ask<Batch>("POST", "/api/v1/batch", { operations, ...options })
    const createTask = async (token = ada.access_token) =>
      (await ask<TaskResponse>("POST", "/api/v1/tasks", { title }, token)).body.task
    const getTask = async (id: string) => (await ask<TaskResponse>("GET", `/api/v1/tasks/${id}`)).body.task
    const countTasks = async () => (await ask<TaskPage>("GET", "/api/v1/tasks?limit=1")).body.total
    const changes = () =>
      client.run(
        Effect.flatMap(ChangeRepository, ({ readBefore }) => readBefore(UserId.make(ada.user.id), {}, null, 1000)),
      )
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
      const eve = await register(client)
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

    it("a dry run shows the same results, and does nothing", async () => {
      const task = await createTask()
      const before = await changes()
      const operations = [
        { op: "create_category", ref: "dry", category: { name: "Dry" } },
        { op: "create_task", ref: "a", task: { title }, category_ids: ["$dry"] },
        { op: "update_task", task_id: task.id, version: 1, task: { priority: "high" } },
        { op: "delete_task", task_id: "$a" },
      ]
      const dry = await run(operations, { dry_run: true })
      expect(dry.status).toBe(200)
      expect(keysOf(dry.body)).toEqual(["applied", "results"])
      expect([dry.body.applied, dry.headers.get("undo-id")]).toEqual([false, null])
      expect(await changes()).toEqual(before)
      expect(await getTask(task.id)).toEqual(task)
      const failed = await run([...operations, missing], { dry_run: true })
      expect([failed.status, failed.body.code, failed.body.failed_index]).toEqual([422, "batch_failed", 4])
      expect(await changes()).toEqual(before)
      const real = await run(operations)
      const shape = ({ results }: Batch) =>
        results.map(({ category, index, status, task }) => [index, status, task?.version, category?.version])
      expect(shape(real.body)).toEqual(shape(dry.body))
    })

    it("one key covers it: a repetition has no effect, and gets the same response, unless it was a dry run", async () => {
      const withKey = (key: string, operations: ReadonlyArray<unknown>, options: object = {}) =>
        client.ask<Batch>("POST", "/api/v1/batch", {
          token: ada.access_token,
          body: { operations, ...options },
          headers: { "idempotency-key": key },
        })
      const before = await changes()
      const two = [createOne, createOne]
      const dry = await withKey("batch-1", two, { dry_run: true })
      expect([dry.status, dry.body.applied]).toEqual([200, false])
      expect(await changes()).toEqual(before)
      const [first, second] = [await withKey("batch-1", two), await withKey("batch-1", two)]
      expect([first.status, first.headers.get("idempotency-replayed")]).toEqual([200, null])
      expect([second.text, second.headers.get("idempotency-replayed")]).toEqual([first.text, "true"])
      expect(second.headers.get("undo-id")).toBe(first.body.batch_id)
      // An atomic batch would be refused the second time, and one that changes nothing has a record, too.
      const task = await createTask()
      const once = [{ op: "delete_task", task_id: task.id, version: 1 }]
      const answers = [await withKey("batch-2", once), await withKey("batch-2", once)]
      expect(answers.map(({ status }) => status)).toEqual([200, 200])
      const none = [
        await withKey("batch-3", once, { atomic: false }),
        await withKey("batch-3", once, { atomic: false }),
      ]
      expect(none.map(({ headers }) => headers.get("idempotency-replayed"))).toEqual([null, "true"])
      expect(none[1]?.text).toBe(none[0]?.text)
      const raced = await Promise.all(Array.from({ length: 10 }, () => withKey("batch-4", two)))
      expect(new Set(raced.map(({ text }) => text)).size).toBe(1)
      expect(await changes()).toHaveLength(before.length + 2 + 2 + 2)
    })

    it("wrong references and missing versions are 400 for the whole request, before anything runs", async () => {
      const before = await changes()
      const answer = await run([
        { op: "create_task", ref: "a", task: { title } },
        { op: "create_task", ref: "a", task: { title } },
        { op: "update_task", task_id: "$late", task: { priority: "low" } },
        { op: "update_task", task_id: nowhere, task: { priority: "low" } },
        { op: "create_task", task: { title }, category_ids: [nowhere, "$a"] },
        { op: "assign_category", task_id: "$a", category_id: "$none" },
        { op: "create_task", ref: "late", task: { title } },
      ])
      expectRefused(
        answer,
        "references",
        "body.operations.1.ref",
        "body.operations.2.task_id",
        "body.operations.3.version",
        "body.operations.4.category_ids.1",
        "body.operations.5.category_id",
      )
      expect(await changes()).toEqual(before)
    })

    it("every malformed field of any operation is named", async () => {
      const before = await changes()
      const answer = await run([
        createOne,
        { op: "create_task", ref: "two words", task: { title: "" }, category_ids: ["$", 1] },
        { op: "update_task", task_id: "no id", version: 0, task: { due_date: "soon", version: 1 } },
        { op: "assign_category", task_id: nowhere },
        { op: "delete_task", task_id: nowhere, version: "any" },
        { op: "create_category", category: { name: "Ho", colour: "red" } },
        { op: "delete_all" },
        {},
        "text",
      ])
      expectRefused(
        answer,
        "shapes",
        "body.operations.1.ref",
        "body.operations.1.task.title",
        "body.operations.1.category_ids.0",
        "body.operations.1.category_ids.1",
        "body.operations.2.task_id",
        "body.operations.2.version",
        "body.operations.2.task.due_date",
        "body.operations.2.task.version",
        "body.operations.3.category_id",
        "body.operations.4.version",
        "body.operations.5.category.name",
        "body.operations.5.category.colour",
        "body.operations.6",
        "body.operations.7",
        "body.operations.8",
      )
      const messages = new Map(answer.body.errors?.map(({ message, path }) => [path, message]))
      expect(messages.get("body.operations.2.task_id")).toBe(
        "must be a UUID, or $ and the name that an earlier operation gives",
      )
      expect(messages.get("body.operations.4.version")).toBe('must be a whole number from 1, or "*"')
      expect(messages.get("body.operations.6")).toMatch(
        /^must be an operation, with one of these as its op: create_cat/,
      )
      expect(await changes()).toEqual(before)
    })

    it("its size and its options are checked", async () => {
      for (const operations of [[], Array(101).fill(createOne), null, {}, "all"]) {
        expectRefused(await ask("POST", "/api/v1/batch", { operations }), operations, "body.operations")
      }
      expectRefused(
        await ask("POST", "/api/v1/batch", { operations: [createOne], atomic: 1, dry_run: null, filter: "all" }),
        "options",
        "body.atomic",
        "body.dry_run",
        "body.filter",
      )
      const full = await run(Array(100).fill({ op: "create_task", task: { title, description: "🪴".repeat(900) } }))
      expect([full.status, full.body.results.length]).toEqual([200, 100])
    })

    it("a body of exactly 512 KiB is read, one byte more is too large", async () => {
      const send = (length: number) =>
        client.ask<Batch>("POST", "/api/v1/batch", {
          token: ada.access_token,
          raw: JSON.stringify({ operations: [createOne] }).padEnd(length),
        })
      expect((await send(512 * 1024)).status).toBe(200)
      const { body, status } = await send(512 * 1024 + 1)
      expect([status, body.code]).toEqual([413, "payload_too_large"])
    })

    it("it takes one unit of the rate limit, and one for every ten operations, or none if it is refused", async () => {
      const limited = await startClient(ports, { userLimit: { limit: 20, windowMillis: 60_000 } })
      const { access_token: token } = await register(limited)
      const send = async (body: unknown) => {
        const { headers, status } = await limited.ask("POST", "/api/v1/batch", { token, body })
        return [status, headers.get("ratelimit-remaining")]
      }
      const batchOf = (count: number) => ({ operations: Array(count).fill(createOne) })
      expect(await send(batchOf(1))).toEqual([200, "18"])
      expect(await send(batchOf(10))).toEqual([200, "16"])
      expect(await send(batchOf(11))).toEqual([200, "13"])
      // Invalid operations count, too.
      expect(await send({ operations: Array(20).fill("text") })).toEqual([400, "10"])
      expect(await send({ operations: "all" })).toEqual([400, "9"])
      // More than is left takes nothing.
      expect(await send(batchOf(90))).toEqual([429, "9"])
      const { body: list } = await limited.ask<TaskPage>("GET", "/api/v1/tasks", { token })
      expect(list.total).toBe(22)
      await limited.stop()
      // A cost above the whole limit is all of it.
      const narrow = await startClient(ports, { userLimit: { limit: 5, windowMillis: 60_000 } })
      const bob = await register(narrow)
      const all = await narrow.ask("POST", "/api/v1/batch", { token: bob.access_token, body: batchOf(100) })
      expect([all.status, all.headers.get("ratelimit-remaining")]).toEqual([200, "0"])
      await narrow.stop()
    })
  })
