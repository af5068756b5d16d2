/** Holds the command on a new machine to working without an account, and the server to saying how to open one. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, Exit, Redacted, Scope } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { childEnvironment } from "../support/childEnvironment.ts"
import { run } from "../support/commandLine.ts"
import { walkNewMachine } from "../support/newMachine.ts"
import { describeOnPostgres, emptyDatabase } from "../support/postgres.ts"
import { prepareFolder } from "../support/preparedFolder.ts"
import { programFile } from "../support/programs.ts"
import { startServer } from "../support/serverProcess.ts"

const password = "Correct Horse 1"

describe("a person on a new machine", () => {
  it("adds, sees, completes and takes back a task in a terminal", async () => {
    const walked = await walkNewMachine(
      [process.execPath, programFile("cli")],
      // The test of the command's package does without the modules that other tests have compiled.
      childEnvironment["NODE_COMPILE_CACHE"],
    )
    expect(walked.filter(({ isRight }) => !isRight)).toStrictEqual([])
  })
})

describe("a list without an account", () => {
  const folder = mkdtempSync(join(tmpdir(), "taskwright-owner-"))
  const local = { TASKWRIGHT_CONFIG_DIR: join(folder, "config"), DATA_DIR: join(folder, "data") }
  beforeAll(() => prepareFolder(local.DATA_DIR))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it("has one owner after concurrent first commands", async () => {
    const titles = ["Buy milk", "Call Ada", "Pay the rent"]
    const ended = await Promise.all(titles.map((title) => run(["add", title], local)))
    expect(ended.map(({ code, errors }) => [code, errors])).toStrictEqual(titles.map(() => [0, ""]))
    const { data } = JSON.parse((await run(["list", "--json"], local)).output)
    expect(data.map(({ title }: { title: string }) => title).sort()).toStrictEqual(titles)
    const users = JSON.parse((await run(["admin", "users", "list", "--json"], local)).output)
    expect(users.data.length).toBe(1)
  })

  it("is served with advice on how to give its owner an address, until that is done", async () => {
    const before = await startServer({ DATA_DIR: local.DATA_DIR })
    expect(before.output()).toContain("taskwright register EMAIL --name NAME")
    await before.end("SIGTERM")
    const args = ["register", "ada@example.com", "--name", "Ada", "--password-stdin"]
    expect((await run(args, local, `${password}\n`)).code).toBe(0)
    const after = await startServer({ DATA_DIR: local.DATA_DIR })
    try {
      expect(after.output()).not.toContain("taskwright register")
      const remote = { TASKWRIGHT_CONFIG_DIR: join(folder, "remote"), TASKWRIGHT_SERVER: after.url }
      expect((await run(["login", "ada@example.com", "--password-stdin"], remote, `${password}\n`)).code).toBe(0)
      const { data } = JSON.parse((await run(["list", "--json"], remote)).output)
      expect(data.length).toBe(3)
    } finally {
      await after.end("SIGTERM")
    }
  })
})

describeOnPostgres("a shared database", () => {
  const folder = mkdtempSync(join(tmpdir(), "taskwright-shared-"))
  const scope = Scope.makeUnsafe()
  const local = { TASKWRIGHT_CONFIG_DIR: join(folder, "local"), DATA_DIR: join(folder, "data") }
  let shared: Record<string, string>
  const registerAs = (email: string) =>
    run(["register", email, "--name", "Ada", "--password-stdin"], shared, `${password}\n`)

  beforeAll(async () => {
    await prepareFolder(local.DATA_DIR)
    const url = Redacted.value(await Effect.runPromise(Scope.provide(emptyDatabase(), scope)))
    shared = { TASKWRIGHT_CONFIG_DIR: join(folder, "shared"), DATA_DIR: join(folder, "unused"), DATABASE_URL: url }
  })
  afterAll(async () => {
    await Effect.runPromise(Scope.close(scope, Exit.void))
    rmSync(folder, { recursive: true, force: true })
  })

  it("has no list without an account, but takes one over from a backup at the first registration", async () => {
    expect((await run(["add", "Buy milk"], local)).code).toBe(0)
    expect((await run(["dump", join(folder, "dump.jsonl")], local)).code).toBe(0)
    const restored = await run(["restore", join(folder, "dump.jsonl")], shared)
    expect(restored.code, restored.errors).toBe(0)
    expect((await run(["add", "Call Ada"], shared)).code).toBe(5)
    expect((await registerAs("ada@example.com")).output).toContain("The tasks of this list belong to the account")
    const { data } = JSON.parse((await run(["list", "--json"], shared)).output)
    expect(data.map(({ title }: { title: string }) => title)).toStrictEqual(["Buy milk"])
    expect((await registerAs("alan@example.com")).output).not.toContain("belong to the account")
  })
})
