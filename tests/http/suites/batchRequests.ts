/** Tests the request of a batch: dry runs, idempotency keys, what is refused before it runs, and what it costs. */
import { describe, expect, it } from "vitest"
import { type Batch, keysOf, type TaskPage } from "../Answers.ts"
import { register, type SuitePorts, startClient } from "../Client.ts"
import { createOne, missing, nowhere, title, useBatchCalls } from "./batchCalls.ts"
import { expectRefused } from "./input/expectRefused.ts"

export const suite = (name: string, ports: SuitePorts) =>
  describe(`a batch on ${name}`, () => {
    const { ada, ask, changes, client, createTask, getTask, run } = useBatchCalls(ports)

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
        client().ask<Batch>("POST", "/api/v1/batch", {
          token: ada().access_token,
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
        client().ask<Batch>("POST", "/api/v1/batch", {
          token: ada().access_token,
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
