/** Tests the requests of the change feed that wait: for the next change, until their time is up, or until a stop. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { Problem } from "../Answers.ts"
import { type Client, type SuitePorts, startClient } from "../Client.ts"
import { type ChangePage, makeFeedUser } from "./feedUser.ts"

export const suite = (name: string, ports: SuitePorts) =>
  describe(`the change feed on ${name}`, () => {
    let client: Client
    beforeAll(async () => {
      client = await startClient(ports)
    })
    afterAll(() => client.stop())

    it("tells a token nothing that was revoked while it waited", async () => {
      const { addTask, ask } = await makeFeedUser(client)
      const { body } = await ask<{ readonly secret: string; readonly token: { readonly id: string } }>(
        "POST",
        "/api/v1/tokens",
        { body: { name: "Follower", scopes: ["tasks:read"] } },
      )
      const waiting = client.ask<Problem>("GET", "/api/v1/changes?since=now&wait=20", { token: body.secret })
      // So that it most likely waits before the revocation; otherwise it is refused at once.
      await new Promise((resolve) => setTimeout(resolve, 300))
      expect((await ask("DELETE", `/api/v1/tokens/${body.token.id}`)).status).toBe(204)
      await addTask("Buy milk")
      expect(await waiting).toMatchObject({ status: 401, body: { code: "unauthorized" } })
    })

    it("a request that waits gets the next change at once, and counts as one", async () => {
      const { addTask, ask, changes } = await makeFeedUser(client)
      const { next_cursor: since } = await changes()
      const waiting = [0, 1, 2].map(() => ask<ChangePage>("GET", `/api/v1/changes?since=${since}&wait=25`))
      const { task } = await addTask()
      for (const { body } of await Promise.all(waiting)) {
        expect(body.data.map((change) => "task" in change && change.task)).toEqual([task])
        expect(body.has_more).toBe(false)
      }
      // The first read, three that waited, the write, and this one.
      const { headers } = await ask("GET", "/api/v1/users/me")
      expect(Number(headers.get("ratelimit-limit")) - Number(headers.get("ratelimit-remaining"))).toBe(6)
    })

    it("a request that waits gets an empty page when its time is up", async () => {
      const { changes } = await makeFeedUser(client)
      const { next_cursor } = await changes()
      expect(await changes(`?since=${next_cursor}&wait=1`)).toEqual({ data: [], next_cursor, has_more: false })
    })

    it("a stop of the server responds at once to requests that wait", async () => {
      const stopped = await startClient(ports)
      const { changes } = await makeFeedUser(stopped)
      const { next_cursor } = await changes()
      const waiting = [0, 1].map(() => changes(`?since=${next_cursor}&wait=25`))
      // A later request of another connection has its response, so the ones before it wait.
      await changes()
      await stopped.stop()
      expect(await Promise.all(waiting)).toEqual([0, 1].map(() => ({ data: [], next_cursor, has_more: false })))
    })
  })
