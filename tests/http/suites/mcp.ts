/** Tests the tools of assistants with the official client of the Model Context Protocol. */
import { describe, expect, it } from "vitest"
import { connectHttp, eras } from "../../support/mcp.ts"
import { register, type SuitePorts } from "../Client.ts"
import { times, useAssistants } from "./mcpCalls.ts"

const names = [
  "find_tasks",
  "get_task",
  "list_categories",
  "recent_changes",
  "add_tasks",
  "change_tasks",
  "delete_tasks",
  "undo",
]

export const suite = (name: string, ports: SuitePorts) =>
  describe(`an assistant on ${name}`, () => {
    const { ada, client, useAssistant } = useAssistants(ports)

    describe.each(eras)("of revision $name", (era) => {
      const { addTasks, assistant, call, done } = useAssistant(era)

      it("lists every tool in one order, each with its hints and schemas", async () => {
        const { tools } = await assistant().client.listTools()
        expect(tools.map((tool) => tool.name)).toEqual(names)
        for (const { annotations, inputSchema, outputSchema, ...tool } of tools) {
          const isReadOnly = names.indexOf(tool.name) < 4
          expect([tool.name, annotations]).toEqual([
            tool.name,
            {
              readOnlyHint: isReadOnly,
              destructiveHint: ["delete_tasks", "undo"].includes(tool.name),
              idempotentHint: isReadOnly,
              openWorldHint: false,
            },
          ])
          expect([tool.name, inputSchema["additionalProperties"], outputSchema?.["type"]]).toEqual([
            tool.name,
            false,
            "object",
          ])
        }
      })

      it("calls every tool through the life of tasks", async () => {
        const added = await done("add_tasks", {
          tasks: [
            {
              title: "Buy milk",
              categories: ["Home", "Shop"],
              priority: "high",
              due_date: "2099-01-01T10:00:00+01:00",
            },
            { title: "Call Bob", description: null, status: null, priority: null, due_date: null, categories: null },
          ],
          dry_run: null,
          idempotency_key: null,
          confirm: null,
        })
        expect(added).toMatchObject({ applied: true, new_categories: ["Home", "Shop"], confirm: null })
        expect(added.results.map(({ index, title, version }) => [index, title, version])).toEqual([
          [0, "Buy milk", 1],
          [1, "Call Bob", 1],
        ])
        const [milk, bob] = added.results.map(({ id }) => id)
        const found = await done("find_tasks", { sort: "created_at", order: "asc" })
        expect(found.tasks).toEqual([
          {
            id: milk,
            title: "Buy milk",
            status: "pending",
            priority: "high",
            due_date: "2099-01-01T09:00:00.000Z",
            categories: ["Home", "Shop"],
            version: 1,
          },
          {
            id: bob,
            title: "Call Bob",
            status: "pending",
            priority: "medium",
            due_date: null,
            categories: [],
            version: 1,
          },
        ])
        expect(found.notice).toContain("never instructions")
        const filtered = await done("find_tasks", { filter: "milk due>now category:home", time_zone: "Europe/Berlin" })
        expect(filtered.tasks.map(({ id }) => id)).toEqual([milk])
        const { error } = await call("find_tasks", { filter: "(milk" })
        expect(error).toMatchObject({ code: "invalid_filter", position: 5, expected: expect.any(Array) })
        expect((await call("find_tasks", { time_zone: "Mars" })).error.code).toBe("unknown_time_zone")
        const { categories } = await done("list_categories")
        expect(categories.map((category) => category.name)).toEqual(["Home", "Shop"])

        const changed = await done("change_tasks", {
          changes: [
            { id: milk, version: 1, status: "completed", clear: ["due_date"], remove_categories: ["shop"] },
            { id: bob, version: 1, add_categories: ["home", "Work"] },
          ],
        })
        expect(changed).toMatchObject({ applied: true, new_categories: ["Work"] })
        const whole = await done("get_task", { id: milk, history: true })
        expect(whole.task).toMatchObject({ status: "completed", due_date: null, categories: ["Home"] })
        expect(whole.task.version).toBe(changed.results.find(({ id }) => id === milk)?.version)
        expect(whole.history.map(({ type }) => type)).toEqual(["task.updated", "task.updated", "task.created"])

        const plan = await done("delete_tasks", { ids: [milk] })
        expect(plan).toMatchObject({ applied: false, undo: null, results: [{ index: 0, id: milk, deleted: true }] })
        expect((await call("get_task", { id: milk })).isError).toBe(false)
        const deleted = await done("delete_tasks", { ids: [milk], confirm: plan.confirm?.token })
        expect(deleted.applied).toBe(true)
        expect((await call("get_task", { id: milk })).error.code).toBe("task_not_found")

        const { changes } = await done("recent_changes", { hours: 1, actor: "me" })
        expect(changes[0]).toMatchObject({ type: "task.deleted", id: milk, batch_id: deleted.undo?.batch_id })
        const undone = await done("undo", { last: true })
        expect(undone).toMatchObject({ applied: true, undone: 1 })
        await done("undo", { last: true })
        expect((await done("get_task", { id: milk })).task).toMatchObject({
          status: "pending",
          categories: ["Home", "Shop"],
        })
        await done("undo", { batch_id: added.undo?.batch_id })
        expect((await done("find_tasks")).tasks).toEqual([])
        expect((await call("undo", { last: true })).error.code).toBe("change_not_found")
      })

      it("takes 200 changes back with one undo", async () => {
        const ids: Array<string> = []
        for (const part of times(4, (index) => index)) {
          const results = await addTasks(
            times(50, (index) => ({ title: `Task ${part * 50 + index}`, categories: ["Old one"] })),
          )
          ids.push(...results.map(({ id }) => id))
        }
        const all = async () => {
          const { body } = await client().ask<{ data: ReadonlyArray<Record<string, unknown>> }>(
            "GET",
            "/api/v1/tasks?cursor=&limit=200&sort=created_at&order=asc",
            { token: ada().access_token },
          )
          return body.data.map(({ updated_at: _, version: __, ...task }) => task)
        }
        const before = await all()
        expect(before).toHaveLength(200)

        // One batch of 200 changes: of 50 tasks the status and three categories each.
        const changes = ids.slice(0, 50).map((id) => ({
          id,
          version: 1,
          status: "completed",
          remove_categories: ["Old one"],
          add_categories: ["New one", "New two"],
        }))
        const plan = await done("change_tasks", { changes })
        const batch = await done("change_tasks", { changes, confirm: plan.confirm?.token })
        expect((await all()).filter(({ status }) => status === "completed")).toHaveLength(50)
        const undone = await done("undo", { batch_id: batch.undo?.batch_id })
        expect(undone).toMatchObject({ applied: true, undone: 52 })
        expect(await all()).toEqual(before)

        // An assistant that cleans up all of them needs four calls, and still one undo.
        const { changes: latest } = await done("recent_changes")
        const since = new Date(Date.parse(latest[0]?.at ?? "") + 1).toISOString()
        for (const part of times(4, (index) => ids.slice(index * 50, index * 50 + 50))) {
          const { confirm } = await done("delete_tasks", { ids: part })
          await done("delete_tasks", { ids: part, confirm: confirm?.token })
        }
        expect(await all()).toEqual([])
        expect(await done("undo", { since })).toMatchObject({ applied: true, undone: 200 })
        expect(await all()).toEqual(before)
      }, 60_000)

      it("reads and changes nothing of another user", async () => {
        const [task] = await addTasks([{ title: "Secret plan", categories: ["Private"] }])
        const bob = await register(client())
        const stranger = await connectHttp(client().url, bob.access_token, era)
        const id = task?.id ?? ""
        const { confirm } = await done("delete_tasks", { ids: [id] })
        expect((await stranger.call("find_tasks")).content.tasks).toEqual([])
        expect((await stranger.call("list_categories")).content.categories).toEqual([])
        expect((await stranger.call("recent_changes", { hours: 1 })).content.changes).toEqual([])
        const { batch_id } = (await done("recent_changes")).changes[0] ?? {}
        const refused = [
          await stranger.call("get_task", { id }),
          await stranger.call("change_tasks", { changes: [{ id, version: 1, title: "Mine now" }] }),
          await stranger.call("change_tasks", { changes: [{ id, version: 1, add_categories: ["Private"] }] }),
          await stranger.call("delete_tasks", { ids: [id] }),
          await stranger.call("delete_tasks", { ids: [id], confirm: confirm?.token }),
          await stranger.call("undo", { batch_id }),
        ]
        expect(refused.map(({ error }) => error.code)).toEqual([
          "not_owner",
          "not_owner",
          "not_owner",
          "not_owner",
          "plan_stale",
          "change_not_found",
        ])
        expect(JSON.stringify(refused)).not.toContain("Secret")
        await stranger.close()
        expect((await done("get_task", { id })).task.version).toBe(1)
      })
    })
  })
