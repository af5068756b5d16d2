/** Holds a repeated import to what its journal and its file say: tasks that are gone, `--again`, and surplus lines. */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { backends, type CommandLine, commandLine } from "./Commands.ts"
import { exportOf } from "./Exports.ts"
import { filesIn } from "./Files.ts"

describe.each(backends)("a repeated import on the %s backend", (backend) => {
  let line: CommandLine
  const file = (name: string) => join(line.folder, name)
  const imports = async (...args: ReadonlyArray<string>) => {
    const { output } = await line.run(["import", ...args, "--json"])
    return JSON.parse(output)
  }
  const journal = () => filesIn(line.folder).find((path) => /imports.*\.jsonl$/.test(path)) ?? ""
  const entries = () => readFileSync(journal(), "utf8").trim().split("\n")
  const keep = (count: number) => writeFileSync(journal(), `${entries().slice(0, count).join("\n")}\n`)

  beforeAll(async () => {
    line = await commandLine(backend)
    await line.run(["register", "ada@example.com", "--name", "Ada", "--password-stdin"], "Correct Horse 1\n")
    writeFileSync(file("backup.jsonl"), exportOf(4))
    await line.run(["import", file("backup.jsonl")])
  })
  afterAll(() => line.stop())

  it("imports again with --again what it exported itself", async () => {
    expect((await line.run(["export", "-o", file("own.jsonl")])).code).toBe(0)
    expect(await imports(file("own.jsonl"), "--dry-run")).toMatchObject({ imported: 0, present: 4 })
    expect(await imports(file("own.jsonl"), "--dry-run", "--again")).toMatchObject({ imported: 4, present: 0 })
  })

  it("goes on with --again where that was interrupted, although all was imported before", async () => {
    const before = entries().length
    expect(await imports(file("backup.jsonl"), "--again")).toMatchObject({ imported: 4, present: 0 })
    // As if the process had been killed after its first journal entry.
    keep(before + 1)
    expect(await imports(file("backup.jsonl"))).toMatchObject({ imported: 4, present: 0 })
  })

  it("names a task as gone that an interrupted import made, and that was deleted since", async () => {
    expect(await imports(file("backup.jsonl"), "--again")).toMatchObject({ imported: 4 })
    const made = entries().findLastIndex((entry) => entry.includes('"made"'))
    keep(made + 1)
    const { data } = await line.json<{ data: ReadonlyArray<{ id: string }> }>([
      "list",
      "--all",
      "--sort",
      "created_at",
      "--limit",
      "100",
    ])
    await line.run(["rm", ...data.map(({ id }) => id)])
    expect(await imports(file("backup.jsonl"))).toMatchObject({ imported: 4, imported_again: 4, present: 0 })
  })

  it("records nothing in a line that a crash cut off", async () => {
    const [last = ""] = entries().slice(-1)
    const rest = last.slice(0, 20)
    writeFileSync(journal(), `${entries().join("\n")}\n${rest}`)
    const before = entries().length
    await imports(file("backup.jsonl"), "--again")
    expect(entries().length).toBeGreaterThan(before)
    expect(entries()[before - 1]).toBe(rest)
    for (const entry of entries().slice(before)) expect(() => JSON.parse(entry), entry).not.toThrow()
  })

  it("ends with 1 if the file has more lines than its end counts", async () => {
    writeFileSync(file("surplus.jsonl"), exportOf(4).replace('"tasks":4', '"tasks":3'))
    const { code, errors } = await line.run(["import", file("surplus.jsonl")])
    expect(code).toBe(1)
    expect(errors).toContain("The file has 1 more lines than its end line counts.")
  })
})
