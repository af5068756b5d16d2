/** Tests what the changes of one request have in common: a batch that `Undo-Id` names, the actor and the request's id. */
import { Effect } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { ChangeRepository } from "../../../application/changes/ChangeRepository.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { BatchId } from "../../../domain/changes/BatchId.ts"
import type { Ask } from "../../support/http.ts"
import { type CategoryResponse, type Problem, type TaskResponse, uuidV7 } from "../Answers.ts"
import { type Client, register, type SuitePorts, startClient, type User } from "../Client.ts"

export const suite = (name: string, ports: SuitePorts) =>
  describe(`mutations on ${name}`, () => {
    let client: Client
    let ada: User
    beforeAll(async () => {
      client = await startClient(ports)
      ada = await register(client)
    })
    afterAll(() => client.stop())

    const ask = <Body = TaskResponse & Problem>(
      method: string,
      path: string,
      { token = ada.access_token, ...more }: Ask = {},
    ) => client.ask<Body>(method, path, { token, ...more })
    const createTask = async () =>
      (await ask("POST", "/api/v1/tasks", { body: { title: "Water the plants" } })).body.task
    let labels = 0
    const createCategory = async () =>
      (await ask<CategoryResponse>("POST", "/api/v1/categories", { body: { name: `Label ${++labels}` } })).body.category
    const changesOf = (batchId: string | null) =>
      client.run(
        Effect.flatMap(ChangeRepository, ({ readBefore }) =>
          readBefore(UserId.make(ada.user.id), { batchId: BatchId.make(batchId ?? "") }, null, 10),
        ),
      )

    it("each response to a change names the batch of what the request changed", async () => {
      const [task, category] = [await createTask(), await createCategory()]
      const path = `/api/v1/tasks/${task.id}`
      const label = `${path}/categories/${category.id}`
      const calls: ReadonlyArray<readonly [string, string, unknown, string]> = [
        ["POST", "/api/v1/tasks", { title: "Buy milk" }, "task created"],
        ["PATCH", path, { version: 1, title: "Water all plants" }, "task updated"],
        ["POST", label, undefined, "task updated"],
        ["DELETE", label, undefined, "task updated"],
        ["DELETE", path, undefined, "task deleted"],
        ["POST", "/api/v1/categories", { name: "Kitchen" }, "category created"],
        ["DELETE", `/api/v1/categories/${category.id}`, undefined, "category deleted"],
      ]
      const seen = new Set<string>()
      for (const [method, path, body, what] of calls) {
        const { headers, status } = await ask(method, path, { body })
        const undoId = headers.get("undo-id")
        expect([method, path, status < 300, undoId]).toEqual([method, path, true, expect.stringMatching(uuidV7)])
        const changes = await changesOf(undoId)
        expect(changes.map(({ entity, op }) => `${entity} ${op}`)).toEqual([what])
        seen.add(undoId ?? "")
      }
      expect(seen.size).toBe(calls.length)
    })

    it("a change names the session and the request that made it", async () => {
      const headers = { "x-request-id": "shopping.1" }
      const created = await ask("POST", "/api/v1/tasks", { body: { title: "Buy milk" }, headers })
      const { body: sessions } = await ask<{
        readonly data: ReadonlyArray<{ readonly id: string; readonly device: string }>
      }>("GET", "/api/v1/auth/sessions")
      const [session] = sessions.data
      const [change] = await changesOf(created.headers.get("undo-id"))
      expect(change).toMatchObject({
        entityId: created.body.task.id,
        actor: { kind: "session", id: session?.id, name: session?.device },
        requestId: "shopping.1",
        undoes: null,
      })
    })

    it("a patch that changes nothing, a refusal and a read name no batch", async () => {
      const task = await createTask()
      const path = `/api/v1/tasks/${task.id}`
      const eve = await register(client)
      await ask("PATCH", path, { body: { version: 1, title: "Water the roses" } })
      const calls: ReadonlyArray<readonly [string, string, Ask, number]> = [
        ["PATCH", path, { body: { version: 2, title: "Water the roses" } }, 200],
        ["PATCH", path, { body: { version: 2, title: "No" } }, 400],
        ["PATCH", path, { body: { version: 9, title: "Other" } }, 400],
        ["PATCH", path, { body: { version: 1, title: "Other" } }, 409],
        ["PATCH", path, { body: { title: "Other" }, headers: { "if-match": '"1"' } }, 412],
        ["DELETE", path, { token: eve.access_token }, 403],
        ["DELETE", `/api/v1/tasks/${ada.user.id}`, {}, 404],
        ["DELETE", path, { token: "nonsense" }, 401],
        ["GET", path, {}, 200],
        ["GET", "/api/v1/categories", {}, 200],
      ]
      for (const [method, target, sent, status] of calls) {
        const answer = await ask(method, target, sent)
        expect([method, target, answer.status, answer.headers.get("undo-id")]).toEqual([method, target, status, null])
      }
    })
  })
