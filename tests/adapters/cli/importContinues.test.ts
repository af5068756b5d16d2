/** Holds export and import to every task once, also after interruptions and deletions. */
import { readFileSync, writeFileSync } from "node:fs"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { backends, type CommandLine, commandLine } from "./Commands.ts"
import { exportOf, linesOf, withoutIds } from "./Exports.ts"
import { filesIn } from "./Files.ts"
import { exportAll, importCounts, pathOf, signUp } from "./Transfers.ts"

const journalOf = (line: CommandLine): string => {
  const journals = filesIn(line.folder).filter((path) => path.includes("imports") && path.endsWith(".jsonl"))
  return journals.at(-1) ?? ""
}

describe.each(backends)("import on the %s backend", (backend) => {
  let line: CommandLine
  beforeAll(async () => {
    line = await commandLine(backend)
  })
  afterAll(() => line.stop())

  it("imports each exported task once, however often the import is repeated", async () => {
    await signUp(line, "first@example.com")
    const wanted = exportOf(250)
    writeFileSync(pathOf(line, "in.jsonl"), wanted)
    const dry = await importCounts(line, pathOf(line, "in.jsonl"), "--dry-run")
    expect(dry.counts).toMatchObject({ dry_run: true, imported: 250, present: 0, refused: 0, categories_created: 3 })
    expect((await line.json<{ total: number }>(["list", "--all", "--sort", "created_at"])).total).toBe(0)
    const first = await importCounts(line, pathOf(line, "in.jsonl"))
    expect(first.code, first.errors).toBe(0)
    expect(first.counts).toMatchObject({ imported: 250, present: 0, refused: 0, categories_created: 3 })
    expect(await exportAll(line)).toStrictEqual(withoutIds(linesOf(wanted)))
    const again = await importCounts(line, pathOf(line, "in.jsonl"))
    expect(again.counts).toMatchObject({ imported: 0, present: 250, categories_created: 0 })
    expect((await importCounts(line, pathOf(line, "in.jsonl"), "--dry-run")).counts).toMatchObject({
      imported: 0,
      present: 250,
    })
    // The account's own export finds its tasks there, though no journal lists them.
    const own = await importCounts(line, pathOf(line, "out.jsonl"))
    expect(own.counts).toMatchObject({ imported: 0, present: 250 })
    expect((await importCounts(line, pathOf(line, "out.jsonl"), "--dry-run")).counts).toMatchObject({
      imported: 0,
      present: 250,
    })
    expect(await exportAll(line)).toStrictEqual(withoutIds(linesOf(wanted)))
  })

  it("continues an import that was interrupted after any entry of its journal", async () => {
    await signUp(line, "second@example.com")
    const wanted = exportOf(30)
    writeFileSync(pathOf(line, "in.jsonl"), wanted)
    await importCounts(line, pathOf(line, "in.jsonl"))
    const whole = readFileSync(journalOf(line), "utf8").split("\n").slice(0, -1)
    // As if the process had been killed after each of its journal entries, and in the middle of one.
    for (const kept of [1, 2, 15, 31]) {
      writeFileSync(journalOf(line), `${whole.slice(0, kept).join("\n")}\n${whole[kept]?.slice(0, 20) ?? ""}`)
      const again = await importCounts(line, pathOf(line, "in.jsonl"))
      expect(again.code, again.errors).toBe(0)
      expect(await exportAll(line), `after ${kept} notes`).toStrictEqual(withoutIds(linesOf(wanted)))
    }
  })

  it("imports deleted tasks again, and all tasks with --again", async () => {
    await signUp(line, "restoring@example.com")
    const wanted = exportOf(6)
    writeFileSync(pathOf(line, "backup.jsonl"), wanted)
    await importCounts(line, pathOf(line, "backup.jsonl"))
    const ids = async () => {
      const { data } = await line.json<{ data: ReadonlyArray<{ id: string }> }>([
        "list",
        "--all",
        "--sort",
        "created_at",
      ])
      return data.map(({ id }) => id)
    }
    await line.run(["rm", ...(await ids())])
    const dry = await importCounts(line, pathOf(line, "backup.jsonl"), "--dry-run")
    expect(dry.counts).toMatchObject({ imported: 6, imported_again: 6, present: 0 })
    const restored = await line.run(["import", pathOf(line, "backup.jsonl")])
    expect(restored.code, restored.errors).toBe(0)
    expect(restored.output).toContain("0 were here already; 6 had been imported before and were gone.")
    expect(await exportAll(line)).toStrictEqual(withoutIds(linesOf(wanted)))
    // The same for some of the tasks, with an export of this account too.
    await exportAll(line)
    await line.run(["rm", ...(await ids()).slice(0, 2)])
    expect((await importCounts(line, pathOf(line, "backup.jsonl"))).counts).toMatchObject({
      imported: 2,
      imported_again: 2,
      present: 4,
    })
    await line.run(["rm", ...(await ids()).slice(0, 2)])
    expect((await importCounts(line, pathOf(line, "out.jsonl"))).counts.imported).toBeGreaterThanOrEqual(2)
    const before = (await ids()).length
    expect((await importCounts(line, pathOf(line, "backup.jsonl"), "--again", "--dry-run")).counts).toMatchObject({
      imported: 6,
      present: 0,
    })
    expect((await importCounts(line, pathOf(line, "backup.jsonl"), "--again")).counts).toMatchObject({
      imported: 6,
      present: 0,
    })
    expect(await ids()).toHaveLength(before + 6)
    expect((await importCounts(line, pathOf(line, "backup.jsonl"))).counts).toMatchObject({ imported: 0, present: 6 })
  })

  it("keeps an overdue date locally; a server rejects it unless --without-past-due-dates is given", async () => {
    await signUp(line, "fourth@example.com")
    const wanted = exportOf(2).replaceAll(/"due_date":(?:null|"[^"]*")/g, '"due_date":"2020-01-01T00:00:00.000Z"')
    writeFileSync(pathOf(line, "overdue.jsonl"), wanted)
    const first = await importCounts(line, pathOf(line, "overdue.jsonl"))
    if (backend === "local") {
      expect(first.code).toBe(0)
      expect(await exportAll(line)).toStrictEqual(withoutIds(linesOf(wanted)))
      return
    }
    expect(first.code).toBe(1)
    expect(first.errors).toMatch(/line 5: its due date lies in the past/)
    const second = await importCounts(line, pathOf(line, "overdue.jsonl"), "--without-past-due-dates")
    expect(second.code, second.errors).toBe(0)
    const { data } = await line.json<{ data: ReadonlyArray<{ due_date: string | null }> }>([
      "list",
      "--all",
      "--sort",
      "created_at",
    ])
    expect(data.map(({ due_date }) => due_date)).toStrictEqual([null, null])
  })

  it("keeps the creation time of a task locally; a server sets its own", async () => {
    await signUp(line, "old@example.com")
    const at = "2020-02-03T04:05:06.000Z"
    writeFileSync(pathOf(line, "old.jsonl"), exportOf(3).replaceAll(/"created_at":"[^"]*"/g, `"created_at":"${at}"`))
    expect((await importCounts(line, pathOf(line, "old.jsonl"))).code).toBe(0)
    const { data } = await line.json<{ data: ReadonlyArray<{ created_at: string; updated_at: string }> }>([
      "list",
      "--all",
      "--sort",
      "created_at",
    ])
    expect(data).toHaveLength(3)
    for (const { created_at, updated_at } of data) {
      expect(created_at === at).toBe(backend === "local")
      expect(Date.parse(updated_at)).toBeGreaterThan(Date.parse(at))
    }
  })
})

it("an import waits for the rate limit of a server, and then continues", async () => {
  const line = await commandLine("remote", { userLimit: { limit: 20, windowMillis: 5_000 } })
  await signUp(line, "ada@example.com")
  // 11 units for the first 100 tasks, 7 for the others, and some for the account and its categories: more than 20.
  writeFileSync(pathOf(line, "in.jsonl"), exportOf(160))
  const { code, errors, output } = await line.run(["import", pathOf(line, "in.jsonl")])
  expect(code, errors).toBe(0)
  expect(output).toContain("Imported 160 tasks")
  await line.stop()
})
