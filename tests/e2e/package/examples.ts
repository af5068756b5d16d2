/** Holds each example to its README, on the installed package. */
import { mkdtempSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, expect, it } from "vitest"
import { memory } from "../../../bootstrap/memory.ts"
import packageJson from "../../../package.json" with { type: "json" }
import { startService } from "../../support/http.ts"
import { importsOf, root } from "../../support/sources.ts"
import { startMcpServer } from "./McpProcess.ts"
import { filesIn, type PackedPackage, runWell, tsc } from "./PackedPackage.ts"

const names = ["bot", "in-process", "mcp-server", "sqlite-adapter"]
const maximumLines = 165

/** Registers the tests of the examples with the packed package. */
export const examples = (packed: () => PackedPackage): void => {
  const folderOf = (name: string) => join(packed().examples, name)

  it("are all tested here", () => {
    assert.deepStrictEqual(readdirSync(join(root, "examples")).sort(), names)
  })

  describe.each(names)("examples/%s", (name) => {
    it("is short, and says what it installs", () => {
      const folder = folderOf(name)
      const code = filesIn(folder)
        .filter((path) => path.endsWith(".ts") && !path.includes("node_modules"))
        .map((path) => readFileSync(join(folder, path), "utf8"))
      assert.isBelow(code.join("").split("\n").length, maximumLines)
      const { dependencies, devDependencies } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
      const used = code
        .flatMap(importsOf)
        .map(({ specifier }) => specifier ?? "")
        .filter((specifier) => !/^(?:\.|node:)/.test(specifier))
        .map((specifier) => /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier)
      assert.include(used, "taskwright")
      assert.includeMembers(Object.keys({ ...dependencies, ...devDependencies }), used)
      const { taskwright, ...others } = { ...dependencies, ...devDependencies }
      assert.strictEqual(taskwright, "file:../../dist/taskwright.tgz")
      assert.deepInclude({ ...packageJson.dependencies, ...packageJson.devDependencies }, others)
    })

    it("compiles", async () => {
      assert.strictEqual(await runWell(folderOf(name), tsc), "")
    })
  })

  it("in-process: uses the use cases", async () => {
    assert.deepStrictEqual((await runWell(folderOf("in-process"), "npm start --silent")).trim().split("\n"), [
      "version 1 is stale, 2 is current",
      "Buy milk: completed #Shopping",
      "Water the plants: pending",
      '2 tasks, "Buy milk" among them',
      "mails to ada@example.com",
    ])
  })

  it("sqlite-adapter: passes the contract suite of the package", async () => {
    const output = await runWell(folderOf("sqlite-adapter"), "npm test --silent")
    assert.isAbove(Number(/Tests\s+(\d+) passed \(\1\)/.exec(output)?.[1]), 15, output)
  })

  it("sqlite-adapter: keeps tasks over a restart", async () => {
    const start = "npm start --silent"
    assert.strictEqual(await runWell(folderOf("sqlite-adapter"), `${start} -- "Buy milk"`), "pending: Buy milk\n")
    assert.strictEqual(await runWell(folderOf("sqlite-adapter"), start), "pending: Buy milk\n")
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
      assert.strictEqual(await runWell(folderOf("bot"), "npm start --silent", environment), "escalated: Due soon\n")
      assert.strictEqual(await runWell(folderOf("bot"), "npm start --silent", environment), "")
      const urgent = await service.ask<{ readonly data: ReadonlyArray<{ readonly title: string }> }>(
        "GET",
        "/api/v1/tasks?priority=high&sort=created_at&order=asc",
        { token },
      )
      assert.deepStrictEqual(
        urgent.body.data.map(({ title }) => title),
        ["Due soon", "Known to be urgent"],
      )
    } finally {
      await service.stop()
    }
  })

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
      assert.isTrue(isError)
      return JSON.parse(content?.[0]?.text ?? "null")
    }
    try {
      const { result } = await server.ask("initialize", {
        protocolVersion: "2025-06-18",
        capabilities: {},
        clientInfo: { name: "test", version: "1" },
      })
      assert.deepInclude(result, { protocolVersion: "2025-06-18" })
      server.tell("notifications/initialized")
      const listed = (await server.ask("tools/list")).result as { readonly tools: ReadonlyArray<{ name: string }> }
      assert.deepStrictEqual(
        listed.tools.map(({ name }) => name),
        ["list_tasks", "create_task", "update_task", "complete_task", "delete_task"],
      )

      const created = await call("create_task", { title: "Buy milk", dueDate: "2030-01-01T01:00:00+01:00" })
      const { id: taskId, ...task } = created.structuredContent as Told
      assert.deepInclude(task, {
        title: "Buy milk",
        status: "pending",
        dueDate: "2030-01-01T00:00:00.000Z",
        version: 1,
      })
      const updated = await call("update_task", { taskId, version: 1, title: "Buy oat milk", dueDate: null })
      assert.deepInclude(updated.structuredContent, { title: "Buy oat milk", dueDate: null, version: 2 })
      const conflict = await refusal("update_task", { taskId, version: 1, title: "Too late" })
      assert.strictEqual(conflict.refused, "VersionConflict")
      assert.deepStrictEqual(conflict.current, updated.structuredContent)
      assert.deepInclude((await call("complete_task", { taskId })).structuredContent, { status: "completed" })
      const past = await refusal("create_task", { title: "Too late", dueDate: "2001-01-01T00:00:00Z" })
      assert.deepStrictEqual(past, { refused: "DueDateNotInFuture" })
      assert.match((await call("create_task", { title: "x" })).error?.message ?? "", /3 to 200 characters/)
      assert.match((await call("create_task", { title: "Whose?", userId: taskId })).error?.message ?? "", /userId/)
      assert.strictEqual((await call("list_tasks", { status: "completed" })).structuredContent?.["total"], 1)
      assert.deepStrictEqual((await call("delete_task", { taskId })).structuredContent, { deleted: taskId })
      assert.deepStrictEqual(await refusal("delete_task", { taskId }), { refused: "TaskNotFound" })
      assert.strictEqual((await call("list_tasks")).structuredContent?.["total"], 0)
      assert.deepStrictEqual(server.strange, [])
    } finally {
      assert.isNull(await server.end())
    }
  })
}
