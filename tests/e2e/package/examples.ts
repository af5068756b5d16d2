/** Holds each example to its README, on the installed package. */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { memory } from "../../../bootstrap/memory.ts"
import packageJson from "../../../package.json" with { type: "json" }
import { startService } from "../../support/http.ts"
import { importsOf, root } from "../../support/sources.ts"
import { offlineClientsConverge } from "./offlineClients.ts"
import { filesIn, type PackedPackage, runWell, tsc } from "./PackedPackage.ts"

const names = ["bot", "in-process", "sqlite-adapter", "sync"]
/** Pages without a program: `assistantHosts.test.ts` tests the configurations of this one. */
const pages = ["mcp-server"]
const maximumLines = 200
const maximumSyncLines = 150

/** Registers the tests of the examples with the packed package. */
export const examples = (packed: () => PackedPackage): void => {
  const folderOf = (name: string) => join(packed().examples, name)

  it("are all tested here", () => {
    expect(readdirSync(join(root, "examples")).sort()).toStrictEqual([...names, ...pages].sort())
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
}
