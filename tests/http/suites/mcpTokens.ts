/** Tests what an assistant with an API token may do, and what its undo takes back. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { type Assistant, connectHttp, eras } from "../../support/mcp.ts"
import { type Client, register, type SuitePorts, startClient, type User } from "../Client.ts"

const everyScope = ["tasks:read", "tasks:write", "tasks:delete", "categories:write"] as const
type Scope = (typeof everyScope)[number] | "webhooks"

/** The scope that each tool needs. */
const needed: Readonly<Record<string, Scope>> = {
  find_tasks: "tasks:read",
  get_task: "tasks:read",
  list_categories: "tasks:read",
  recent_changes: "tasks:read",
  add_tasks: "tasks:write",
  change_tasks: "tasks:write",
  delete_tasks: "tasks:delete",
  undo: "tasks:write",
}

export const suite = (name: string, ports: SuitePorts) =>
  describe(`an assistant with an API token on ${name}`, () => {
    let client: Client
    let ada: User
    const open: Array<Assistant> = []
    beforeAll(async () => {
      client = await startClient(ports)
    })
    beforeEach(async () => {
      ada = await register(client)
      return async () => {
        for (const assistant of open.splice(0)) await assistant.close()
      }
    })
    afterAll(() => client.stop())

    const newToken = async (scopes: ReadonlyArray<Scope>) => {
      const { body } = await client.ask<{ readonly token: { readonly id: string }; readonly secret: string }>(
        "POST",
        "/api/v1/tokens",
        { token: ada.access_token, body: { name: "assistant", scopes } },
      )
      return { id: body.token.id, secret: body.secret }
    }
    const connectWith = async (secret: string) => {
      const assistant = await connectHttp(client.url, secret, eras[1])
      open.push(assistant)
      return assistant
    }

    it.each([...everyScope, "webhooks" as const])("calls the tools of %s, and no others", async (scope) => {
      const session = await connectWith(ada.access_token)
      const [task] = (await session.call("add_tasks", { tasks: [{ title: "Buy milk" }] })).content.results
      const id = task?.id
      const assistant = await connectWith((await newToken([scope])).secret)
      for (const [tool, args] of [
        ["find_tasks", {}],
        ["get_task", { id }],
        ["list_categories", {}],
        ["recent_changes", {}],
        ["add_tasks", { tasks: [{ title: "Buy bread" }], dry_run: true }],
        ["change_tasks", { changes: [{ id, version: 1, status: "completed" }], dry_run: true }],
        ["delete_tasks", { ids: [id], dry_run: true }],
        ["undo", { last: true, dry_run: true }],
      ] as const) {
        const { content, error, isError } = await assistant.call(tool, args)
        const isRefused = isError && error.code === "insufficient_scope"
        expect([tool, isRefused], JSON.stringify(content)).toEqual([tool, needed[tool] !== scope])
        if (isRefused) expect(error).toMatchObject({ required_scopes: [needed[tool]] })
      }
    })

    it("creates missing categories only with the scope for them", async () => {
      const tasks = [{ title: "Buy milk", categories: ["Shop"] }]
      const without = await connectWith((await newToken(["tasks:write"])).secret)
      const refused = await without.call("add_tasks", { tasks })
      expect(refused.error).toMatchObject({ code: "insufficient_scope", required_scopes: ["categories:write"] })
      const session = await connectWith(ada.access_token)
      expect((await session.call("find_tasks")).content.tasks).toEqual([])
      const withScope = await connectWith((await newToken(["tasks:write", "categories:write"])).secret)
      expect((await withScope.call("add_tasks", { tasks })).content.applied).toBe(true)
      expect((await without.call("add_tasks", { tasks })).content.applied).toBe(true)
    })

    it("takes back what the token itself did, and nothing else", async () => {
      const session = await connectWith(ada.access_token)
      const own = await session.call("add_tasks", { tasks: [{ title: "From the user" }] })
      const assistant = await connectWith((await newToken(everyScope)).secret)
      const since = new Date(Date.now() - 60_000).toISOString()
      for (const title of ["One more", "Another one"]) await assistant.call("add_tasks", { tasks: [{ title }] })
      const other = await assistant.call("undo", { batch_id: own.content.undo?.batch_id })
      expect(other.error.code).toBe("session_required")
      const { content } = await assistant.call("undo", { since })
      expect(content).toMatchObject({ applied: true, undone: 2 })
      expect((await session.call("find_tasks")).content.tasks.map(({ title }) => title)).toEqual(["From the user"])
      expect((await assistant.call("undo", { last: true })).error.code).toBe("change_not_found")
    })

    it("is refused soon after its token was revoked", async () => {
      const { id, secret } = await newToken(everyScope)
      const assistant = await connectWith(secret)
      expect((await assistant.call("find_tasks")).isError).toBe(false)
      await client.ask("DELETE", `/api/v1/tokens/${id}`, { token: ada.access_token })
      await expect(assistant.call("find_tasks")).rejects.toThrow(/401|[Uu]nauthorized/)
    })
  })
