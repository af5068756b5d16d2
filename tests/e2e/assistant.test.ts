/** Tests `taskwright mcp` as hosts run it: as a process, over its standard input and output. */
import { spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { maxLineLength } from "../../adapters/mcp/protocol/InputLines.ts"
import { childEnvironment } from "../support/childEnvironment.ts"
import { run } from "../support/commandLine.ts"
import { type Assistant, connect, eras, type Reply } from "../support/mcp.ts"
import { prepareFolder } from "../support/preparedFolder.ts"
import { programFile } from "../support/programs.ts"
import { type ServerProcess, startServer } from "../support/serverProcess.ts"

const folder = mkdtempSync(join(tmpdir(), "taskwright-assistant-"))
const password = "Correct Horse 1\n"
const entry = programFile("cli")

describe("taskwright mcp", () => {
  let server: ServerProcess
  const environment = {
    ...childEnvironment,
    HOME: folder,
    DATA_DIR: join(folder, "data"),
    XDG_CONFIG_HOME: join(folder, "config"),
  }
  const argumentsOf = (place: "local" | "server") => (place === "local" ? [] : ["--server", server.url])

  beforeAll(async () => {
    await prepareFolder(environment.DATA_DIR)
    await prepareFolder(join(folder, "server"))
    server = await startServer({ DATA_DIR: join(folder, "server") })
    for (const place of ["local", "server"] as const) {
      const { code, errors } = await run(
        [...argumentsOf(place), "register", "ada@example.com", "--name", "Ada", "--password-stdin"],
        environment,
        password,
      )
      expect([place, code], errors).toEqual([place, 0])
    }
  }, 300_000)
  afterAll(async () => {
    await server.end("SIGTERM")
    rmSync(folder, { recursive: true, force: true })
  })

  const connectTo = (place: "local" | "server", era: (typeof eras)[number], reply?: Reply): Promise<Assistant> =>
    connect(
      new StdioClientTransport({
        command: process.execPath,
        args: [entry, ...argumentsOf(place), "mcp"],
        env: environment,
        stderr: "ignore",
      }),
      era,
      reply,
    )

  describe.each(["local", "server"] as const)("on the %s", (place) => {
    it.each(eras)(
      "lists and calls every tool, and asks its user ($name)",
      async (era) => {
        let agrees = false
        const assistant = await connectTo(place, era, () => ({ action: "accept", content: { confirm: agrees } }))
        const { tools } = await assistant.client.listTools()
        expect(tools).toHaveLength(8)
        const done = async (tool: string, args?: Readonly<Record<string, unknown>>) => {
          const { content, isError } = await assistant.call(tool, args)
          expect(isError, JSON.stringify(content)).toBe(false)
          return content
        }
        const added = await done("add_tasks", { tasks: [{ title: "Buy milk", categories: [`Home ${era.name}`] }] })
        const [id] = added.results.map((result) => result.id)
        // The commands of the user and the assistant take turns.
        const listed = await run([...argumentsOf(place), "list", "--json"], environment)
        expect([listed.code, listed.output.includes(id ?? "-")], listed.errors).toEqual([0, true])
        await done("change_tasks", { changes: [{ id, version: 1, priority: "high" }] })
        expect((await done("find_tasks", { filter: "milk priority:high" })).tasks.map((task) => task.id)).toEqual([id])
        expect((await done("list_categories")).categories.map(({ name }) => name)).toContain(`Home ${era.name}`)
        expect((await done("get_task", { id, history: true })).history).toHaveLength(2)
        expect(await done("delete_tasks", { ids: [id] })).toMatchObject({ applied: false, declined: true })
        agrees = true
        expect(await done("delete_tasks", { ids: [id] })).toMatchObject({ applied: true })
        expect((await done("recent_changes", { actor: "me" })).changes[0]).toMatchObject({ type: "task.deleted", id })
        expect(await done("undo", { last: true })).toMatchObject({ applied: true, undone: 1 })
        const { confirm } = await done("delete_tasks", { ids: [id], dry_run: true })
        await done("delete_tasks", { ids: [id], confirm: confirm?.token })
        expect((await assistant.call("get_task", { id })).error.code).toBe("task_not_found")
        await assistant.close()
      },
      200_000,
    )
  })

  /** Runs the process with these lines as its input, and returns its end. */
  const exchange = (lines: ReadonlyArray<string>, signal?: NodeJS.Signals) =>
    new Promise<{
      readonly code: number | null
      readonly answers: ReadonlyArray<{
        readonly id: number | null
        readonly error?: { readonly code: number; readonly message: string }
      }>
      readonly errors: string
    }>((resolve) => {
      const child = spawn(process.execPath, [entry, "mcp"], { env: environment })
      let output = ""
      let errors = ""
      child.stderr.on("data", (chunk) => {
        errors += String(chunk)
      })
      child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
        output += chunk
        if (signal !== undefined) child.kill(signal)
      })
      child.once("close", (code) =>
        resolve({
          code,
          answers: output.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line)])),
          errors,
        }),
      )
      child.stdin.write(lines.map((line) => `${line}\n`).join(""))
      if (signal === undefined) child.stdin.end()
    })
  const message = (method: string, params: object = {}, id: number | null = null) =>
    JSON.stringify({ jsonrpc: "2.0", ...(id !== null && { id }), method, params })
  const opening = [
    message(
      "initialize",
      { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "raw", version: "1" } },
      1,
    ),
    message("notifications/initialized"),
  ]
  const find = (id: number) => message("tools/call", { name: "find_tasks", arguments: {} }, id)

  it("answers what it was asked before its input ended, and ends with 0", async () => {
    const { answers, code, errors } = await exchange([...opening, find(2), find(3)])
    expect([code, errors]).toEqual([0, ""])
    expect(answers.map(({ id }) => id).sort()).toEqual([1, 2, 3])
  }, 100_000)

  it("writes nothing but the protocol to its output, and answers lines that are no message", async () => {
    const deep = message(
      "tools/call",
      { name: "get_task", arguments: JSON.parse(`${"[".repeat(2000)}${"]".repeat(2000)}`) },
      4,
    )
    const long = `"${"x".repeat(maxLineLength)}"`
    const { answers, code } = await exchange([...opening, "no json", '{"id":', "", "[]", deep, "\u0000", long, find(2)])
    expect(code).toBe(0)
    const unread = answers.flatMap(({ error }) => (error?.code === -32700 ? [error.message] : []))
    const isNoJson = "The message is not JSON."
    expect(unread).toEqual([isNoJson, isNoJson, isNoJson, "The message is longer than 512 KiB."])
    expect(answers.find(({ id }) => id === 2)).toMatchObject({ result: { isError: false } })
    expect(answers.find(({ id }) => id === 4)).toMatchObject({ error: { code: -32602 } })
  }, 100_000)

  it.each(["SIGTERM", "SIGINT"] as const)(
    "ends with 0 after %s",
    async (signal) => {
      const { code, errors } = await exchange([...opening], signal)
      expect([code, errors]).toEqual([0, ""])
    },
    100_000,
  )

  it("is loaded by no other command", async () => {
    const spy = `import { registerHooks } from "node:module"
registerHooks({ load: (url, context, next) => {
  process.stderr.write("LOADED " + url + "\\n")
  return next(url, context)
} })`
    // A bundle has the path of each of its modules in a comment before it.
    const hasTools = (url: string) =>
      /^\/\/ .*(?:adapters\/mcp|effect\/dist\/ai)\//m.test(readFileSync(fileURLToPath(url), "utf8"))
    const hook = `data:text/javascript,${encodeURIComponent(spy)}`
    const loadedBy = (args: ReadonlyArray<string>) =>
      new Promise<ReadonlyArray<string>>((resolve) => {
        const child = spawn(process.execPath, ["--import", hook, entry, ...args], {
          env: environment,
          stdio: ["ignore", "ignore", "pipe"],
        })
        let errors = ""
        child.stderr.on("data", (chunk) => {
          errors += String(chunk)
        })
        child.once("close", () => resolve([...errors.matchAll(/^LOADED (file:.*)$/gm)].map(([, url = ""]) => url)))
      })
    expect((await loadedBy(["mcp"])).some(hasTools)).toBe(true)
    for (const args of [["--help"], ["list"], ["--server", server.url, "list"], ["openapi"]]) {
      const loaded = await loadedBy(args)
      expect(loaded.length, args[0]).toBeGreaterThan(3)
      expect(loaded.filter(hasTools), args[0]).toEqual([])
    }
  }, 200_000)

  it("answers that no user is signed in, or that the server cannot be reached", async () => {
    const answers = []
    for (const url of [server.url, "http://127.0.0.1:1"]) {
      const transport = new StdioClientTransport({
        command: process.execPath,
        args: [entry, "--server", url, "mcp"],
        env: { ...environment, XDG_CONFIG_HOME: join(folder, "empty") },
        stderr: "ignore",
      })
      const assistant = await connect(transport, eras[0])
      answers.push((await assistant.call("find_tasks")).error)
      await assistant.close()
    }
    expect(answers).toMatchObject([{ code: "not_signed_in" }, { code: "not_signed_in" }])
    expect(answers[0]?.detail).toContain("taskwright login")
    const exit = await server.end("SIGTERM")
    const assistant = await connectTo("server", eras[1])
    expect((await assistant.call("find_tasks")).error.code).toBe("unreachable")
    await assistant.close()
    expect(exit).toBe(0)
  }, 100_000)
})
