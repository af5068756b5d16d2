/** Tests updates of tasks that change little or nothing. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { fromMillis } from "../../../domain/shared/Timestamp.ts"
import { Version } from "../../../domain/shared/Version.ts"
import { keepTask } from "../../support/entities.ts"
import type { Problem, TaskResponse } from "../Answers.ts"
import { type Client, register, type SuitePorts, startClient, type User } from "../Client.ts"

/** Tests which updates count as a change of a task. */
export const suite = (name: string, ports: SuitePorts) =>
  describe(`changes of tasks on ${name}`, () => {
    let client: Client
    let ada: User
    beforeAll(async () => {
      client = await startClient(ports)
      ada = await register(client)
    })
    afterAll(() => client.stop())

    const ask = (method: string, path: string, { body }: { body?: unknown } = {}) =>
      client.ask<TaskResponse & Problem>(method, path, { token: ada.access_token, body })
    const pathOf = ({ id }: { id: string }) => `/api/v1/tasks/${id}`

    it("an overdue task keeps its own due date, in any spelling, and takes no other past one", async () => {
      const due_date = "2020-01-02T03:04:05.678Z"
      const dueDate = fromMillis(Date.parse(due_date))
      const overdue = keepTask(UserId.make(ada.user.id), { dueDate, version: Version.make(2) })
      const { id } = await client.run(overdue)
      const patch = (body: object) => ask("PATCH", pathOf({ id }), { body })
      const done = await patch({ version: 2, status: "completed", due_date })
      expect([done.status, done.body.task]).toMatchObject([200, { version: 3, status: "completed", due_date }])
      for (const same of [due_date, "2020-01-02T05:04:05.678+02:00", "2020-01-01T23:04:05.6789-04:00"]) {
        const answer = await patch({ version: 3, status: "completed", due_date: same })
        expect([same, answer.status, answer.body.task]).toEqual([same, 200, done.body.task])
      }
      for (const other of ["2020-01-02T03:04:05.679Z", "2020-01-02T03:04:05.678+01:00"]) {
        const { body, status } = await patch({ version: 3, title: "Other", due_date: other })
        expect([other, status, body.errors?.map(({ path }) => path)]).toEqual([other, 400, ["body.due_date"]])
      }
      // The task now has another due date, so the earlier one comes from a stale version. It is a conflict, not an
      // invalid value.
      await patch({ version: 3, due_date: "2099-01-01T00:00:00Z" })
      expect((await patch({ version: 3, due_date })).status).toBe(409)
      expect((await patch({ version: 4, due_date })).status).toBe(400)
      expect((await ask("GET", pathOf({ id }))).body.task).toMatchObject({ version: 4, title: "Water the plants" })
    })

    it("a patch whose values are all stored already changes nothing", async () => {
      const body = { title: "Buy milk", description: "Oat.", due_date: "2099-01-01T00:00:00.000Z", priority: "high" }
      const { task } = (await ask("POST", "/api/v1/tasks", { body })).body
      for (const same of [
        body,
        { title: "  Buy milk " },
        { due_date: "2099-01-01T02:00:00+02:00" },
        { status: "pending", description: "Oat." },
      ]) {
        const answer = await ask("PATCH", pathOf(task), { body: { version: 1, ...same } })
        expect([answer.status, answer.headers.get("etag"), answer.body.task]).toEqual([200, '"1"', task])
      }
      expect((await ask("PATCH", pathOf(task), { body: { version: 2, ...body } })).status).toBe(400)
      expect((await ask("GET", pathOf(task))).body.task).toEqual(task)
      const changed = await ask("PATCH", pathOf(task), { body: { version: 1, ...body, description: null } })
      expect(changed.body.task).toMatchObject({ version: 2, description: null })
    })
  })
