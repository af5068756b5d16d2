/** Tests the writes of assistants: confirmed plans, merges, dry runs, idempotency keys, and questions to the user. */
import { describe, expect, it } from "vitest"
import { connectHttp, eras } from "../../support/mcp.ts"
import type { SuitePorts } from "../Client.ts"
import { times, useAssistants } from "./mcpCalls.ts"

export const suite = (name: string, ports: SuitePorts) =>
  describe(`an assistant on ${name}`, () => {
    const { ada, client, useAssistant } = useAssistants(ports)

    describe.each(eras)("of revision $name", (era) => {
      const { addTasks, call, done } = useAssistant(era)

      it("applies exactly the plan that was shown", async () => {
        const results = await addTasks(times(12, (index) => ({ title: `Task ${index}` })))
        const ids = results.map(({ id }) => id)
        const { confirm } = await done("delete_tasks", { ids })
        await done("change_tasks", { changes: [{ id: ids[3], version: 1, title: "Moved on" }] })
        const stale = await call("delete_tasks", { ids, confirm: confirm?.token })
        expect(stale.error).toMatchObject({ code: "plan_stale", ids: [ids[3]] })
        const other = await call("delete_tasks", { ids: ids.slice(1), confirm: confirm?.token })
        expect(other.error).toMatchObject({ code: "plan_stale", ids: [] })
        const forged = await call("delete_tasks", {
          ids,
          confirm: confirm?.token.replace(/.$/, (end) => (end === "A" ? "B" : "A")),
        })
        expect(forged.error.code).toBe("plan_stale")
        expect((await done("find_tasks", { limit: 50 })).tasks).toHaveLength(12)
        const again = await done("delete_tasks", { ids })
        expect(await done("delete_tasks", { ids, confirm: again.confirm?.token })).toMatchObject({ applied: true })
        expect((await done("find_tasks")).tasks).toEqual([])
      })

      it("applies a confirmed plan once, however often its confirmation comes", async () => {
        const tasks = times(12, (index) => ({ title: `Task ${index}` }))
        const { confirm } = await done("add_tasks", { tasks })
        const first = await done("add_tasks", { tasks, confirm: confirm?.token })
        expect(await done("add_tasks", { tasks, confirm: confirm?.token })).toEqual(first)
        const others = await call("add_tasks", { tasks: tasks.slice(1), confirm: confirm?.token })
        expect(others.error).toMatchObject({ code: "plan_stale" })
        expect((await done("find_tasks", { limit: 50 })).tasks).toHaveLength(12)
      })

      it("merges changes of other fields, and names the fields in conflict", async () => {
        const [task] = await addTasks([{ title: "Buy milk" }])
        const id = task?.id ?? ""
        await done("change_tasks", { changes: [{ id, version: 1, title: "Buy oat milk" }] })
        const merged = await done("change_tasks", { changes: [{ id, version: 1, priority: "high" }] })
        expect(merged.results).toMatchObject([{ index: 0, id, merged: true, version: 3 }])
        const conflict = await call("change_tasks", { changes: [{ id, version: 1, title: "Buy soy milk" }] })
        expect(conflict.error).toMatchObject({ code: "version_conflict", conflicting_fields: ["title"] })
        expect((await done("get_task", { id })).task).toMatchObject({ title: "Buy oat milk", priority: "high" })
      })

      it("writes nothing in a dry run, and once for one idempotency key", async () => {
        const tasks = [{ title: "Only once" }]
        expect(await done("add_tasks", { tasks, dry_run: true })).toMatchObject({ applied: false, undo: null })
        const first = await done("add_tasks", { tasks, idempotency_key: "key-1" })
        expect(await done("add_tasks", { tasks, idempotency_key: "key-1" })).toEqual(first)
        const { error } = await call("add_tasks", { tasks: [{ title: "Another" }], idempotency_key: "key-1" })
        expect(error.code).toBe("idempotency_key_reused")
        const ids = first.results.map(({ id }) => id)
        const plan = await done("delete_tasks", { ids, idempotency_key: "key-2" })
        const deletion = { ids, idempotency_key: "key-2", confirm: plan.confirm?.token }
        const deleted = await done("delete_tasks", deletion)
        // Also without the confirmation: the call has succeeded, so there is nothing to confirm.
        expect(await done("delete_tasks", deletion)).toEqual(deleted)
        expect(await done("delete_tasks", { ids, idempotency_key: "key-2" })).toEqual(deleted)
        expect((await done("find_tasks")).tasks).toEqual([])
      })
    })

    it.each(eras)("asks the user through the client, and obeys ($name)", async (era) => {
      // Over HTTP no session is kept, in which a client of an earlier revision could be asked.
      const isAsked = era.name === "2026-07-28"
      let agrees = false
      const assistant = await connectHttp(client().url, ada().access_token, era, () => ({
        action: "accept",
        content: { confirm: agrees },
      }))
      const { content: added } = await assistant.call("add_tasks", { tasks: [{ title: "Buy milk" }] })
      const ids = added.results.map(({ id }) => id)
      const declined = await assistant.call("delete_tasks", { ids })
      expect(declined.content).toMatchObject(isAsked ? { applied: false, declined: true } : { applied: false })
      agrees = true
      const agreed = await assistant.call("delete_tasks", { ids })
      expect(agreed.content.applied).toBe(isAsked)
      await assistant.close()
    })
  })
