/** Holds each example to its README, on the installed package. */
import { mkdtempSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { memory } from "../../../bootstrap/memory.ts"
import packageJson from "../../../package.json" with { type: "json" }
import { startService } from "../../support/http.ts"
import { importsOf, root } from "../../support/sources.ts"
import { startMcpServer } from "./McpProcess.ts"
import { offlineClientsConverge } from "./offlineClients.ts"
import { filesIn, type PackedPackage, runWell, tsc } from "./PackedPackage.ts"

const names = ["bot", "in-process", "mcp-server", "sqlite-adapter", "sync"]
const maximumLines = 200
const maximumSyncLines = 150

/** Registers the tests of the examples with the packed package. */
export const examples = (packed: () => PackedPackage): void => {
  const folderOf = (name: string) => join(packed().examples, name)

  it("are all tested here", () => {
    expect(readdirSync(join(root, "examples")).sort()).toStrictEqual(names)
  })

  describe.each(names)("examples/%s", (name) => {
    it("is short, and says what it installs", () => {
      const folder = folderOf(name)
      const code = filesIn(folder)
        .filter((path) => path.endsWith(".ts") && !path.includes("node_modules"))
        .map((path) => readFileSync(join(folder, path), "utf8"))
      expect(code.join("").split("\n").length).toBeLessThan(name === "sync" ? maximumSyncLines : maximumLines)
      const { dependencies, devDependencies } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
      const used = code
        .flatMap(importsOf)
        .map(({ specifier }) => specifier ?? "")
        .filter((specifier) => !/^(?:\.|node:)/.test(specifier))
        .map((specifier) => /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier)
      expect(used).toContain("taskwright")
      expect(Object.keys({ ...dependencies, ...devDependencies })).toStrictEqual(expect.arrayContaining(used))
      const { taskwright, ...others } = { ...dependencies, ...devDependencies }
      expect(taskwright).toBe("file:../../dist/taskwright.tgz")
      expect({ ...packageJson.dependencies, ...packageJson.devDependencies }).toStrictEqual(
        expect.objectContaining(others),
      )
    })

    it("compiles", async () => {
      expect(await runWell(folderOf(name), tsc)).toBe("")
    })
  })

  it("in-process: uses the use cases", async () => {
    expect((await runWell(folderOf("in-process"), "npm start --silent")).trim().split("\n")).toStrictEqual([
      "version 1 is stale, 2 is current",
      "Buy milk: completed #Shopping",
      "Water the plants: pending",
      '2 tasks, "Buy milk" among them',
      "mails to ada@example.com",
    ])
  })

  it("sqlite-adapter: passes the contract suite of the package", async () => {
    const output = await runWell(folderOf("sqlite-adapter"), "npm test --silent")
    expect(Number(/Tests\s+(\d+) passed \(\1\)/.exec(output)?.[1]), output).toBeGreaterThan(40)
  })

  it("sqlite-adapter: keeps tasks over a restart", async () => {
    const start = "npm start --silent"
    expect(await runWell(folderOf("sqlite-adapter"), `${start} -- "Buy milk"`)).toBe("pending: Buy milk\n")
    expect(await runWell(folderOf("sqlite-adapter"), start)).toBe("pending: Buy milk\n")
  })

  it("bot: escalates what is due soon, once", async () => {
    const service = await startService(memory)
    try {
      const account = { email: "bot@example.com", password: "Correct Horse 1" }
      const registered = await service.ask<{ readonly access_token: string }>("POST", "/api/v1/auth/register", {
        body: { ...account, full_name: "A Bot" },
      })
      const token = registered.body.access_token
      const hours = (count: number) => new Date(Date.now() + count * 60 * 60 * 1000).toISOString()
      for (const body of [
        { title: "Due soon", due_date: hours(2) },
        { title: "Due later", due_date: hours(72) },
        { title: "Known to be urgent", due_date: hours(2), priority: "high" },
        { title: "Due some day" },
      ]) {
        expect((await service.ask("POST", "/api/v1/tasks", { token, body })).status).toBe(201)
      }
      const environment = {
        TASKWRIGHT_URL: service.url,
        TASKWRIGHT_EMAIL: account.email,
        TASKWRIGHT_PASSWORD: account.password,
      }
      expect(await runWell(folderOf("bot"), "npm start --silent", environment)).toBe("escalated: Due soon\n")
      expect(await runWell(folderOf("bot"), "npm start --silent", environment)).toBe("")
      const urgent = await service.ask<{ readonly data: ReadonlyArray<{ readonly title: string }> }>(
        "GET",
        "/api/v1/tasks?priority=high&sort=created_at&order=asc",
        { token },
      )
      expect(urgent.body.data.map(({ title }) => title)).toStrictEqual(["Due soon", "Known to be urgent"])
    } finally {
      await service.stop()
    }
  })

  it("sync: converges with another client through cuts and a restart, with one effect of each write", () =>
    offlineClientsConverge(folderOf("sync"), Date.now()))

  it("mcp-server: has the use cases as tools, and shows their refusals as errors of the tool", async () => {
    const environment = { DATA_DIR: join(mkdtempSync(join(packed().examples, "data-")), "database") }
    const server = startMcpServer(folderOf("mcp-server"), environment)
    const call = async (name: string, parameters: object = {}) => {
      const answer = await server.ask("tools/call", { name, arguments: parameters })
      return { ...(answer.result as { structuredContent?: Told; isError?: boolean; content?: Text }), ...answer }
    }
    type Told = Record<string, unknown>
    type Text = ReadonlyArray<{ readonly text: string }>
    const refusal = async (name: string, parameters: object) => {
      const { content, isError } = await call(name, parameters)
      expect(isError).toBe(true)
      return JSON.parse(content?.[0]?.text ?? "null")
    }
    try {
      const { result } = await server.ask("initialize", {
        protocolVersion: "2025-06-18",
        capabilities: {},
        clientInfo: { name: "test", version: "1" },
      })
      expect(result).toMatchObject({ protocolVersion: "2025-06-18" })
      server.tell("notifications/initialized")
      const listed = (await server.ask("tools/list")).result as { readonly tools: ReadonlyArray<{ name: string }> }
      expect(listed.tools.map(({ name }) => name)).toStrictEqual([
        "list_tasks",
        "create_task",
        "update_task",
        "complete_task",
        "delete_task",
      ])

      const created = await call("create_task", { title: "Buy milk", dueDate: "2030-01-01T01:00:00+01:00" })
      const { id: taskId, ...task } = created.structuredContent as Told
      expect(task).toMatchObject({
        title: "Buy milk",
        status: "pending",
        dueDate: "2030-01-01T00:00:00.000Z",
        version: 1,
      })
      const updated = await call("update_task", { taskId, version: 1, title: "Buy oat milk", dueDate: null })
      expect(updated.structuredContent).toMatchObject({ title: "Buy oat milk", dueDate: null, version: 2 })
      const conflict = await refusal("update_task", { taskId, version: 1, title: "Too late" })
      expect(conflict.refused).toBe("StaleTaskVersion")
      expect(conflict.current).toStrictEqual(updated.structuredContent)
      expect((await call("complete_task", { taskId })).structuredContent).toMatchObject({ status: "completed" })
      const past = await refusal("create_task", { title: "Too late", dueDate: "2001-01-01T00:00:00Z" })
      expect(past).toStrictEqual({ refused: "DueDateNotInFuture" })
      expect((await call("create_task", { title: "x" })).error?.message ?? "").toMatch(/3 to 200 characters/)
      expect((await call("create_task", { title: "Whose?", userId: taskId })).error?.message ?? "").toMatch(/userId/)
      expect((await call("list_tasks", { status: "completed" })).structuredContent?.["total"]).toBe(1)
      expect((await call("delete_task", { taskId })).structuredContent).toStrictEqual({ deleted: taskId })
      expect(await refusal("delete_task", { taskId })).toStrictEqual({ refused: "TaskNotFound" })
      expect((await call("list_tasks")).structuredContent?.["total"]).toBe(0)
      expect(server.strange).toStrictEqual([])
    } finally {
      expect(await server.end()).toBeNull()
    }
  })
}
