/** Holds an import of a faulty file to clear reports, and to the tasks that it can import. */
import { writeFileSync } from "node:fs"
import { gzipSync } from "node:zlib"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { backends, type CommandLine, commandLine } from "./Commands.ts"
import { exportOf } from "./Exports.ts"
import { importCounts, pathOf, signUp } from "./Transfers.ts"

describe.each(backends)("import of a faulty file on the %s backend", (backend) => {
  let line: CommandLine
  beforeAll(async () => {
    line = await commandLine(backend)
  })
  afterAll(() => line.stop())

  it("reports the lines that an import rejects, and imports the other tasks", async () => {
    await signUp(line, "third@example.com")
    const lines = exportOf(3).trim().split("\n")
    const broken = lines.map((text) => (text.includes('"Task 1 ') ? text.replace('"Task 1 ', '"T"; "') : text))
    writeFileSync(pathOf(line, "broken.jsonl"), [...broken.slice(0, -1), "", '{"type":"task"}'].join("\n"))
    const { code, counts, errors } = await importCounts(line, pathOf(line, "broken.jsonl"))
    expect(code).toBe(1)
    expect(counts).toMatchObject({ imported: 2, refused: 2 })
    expect(errors).toMatch(/^line 6: /m)
    expect(errors).toMatch(/^line 9: /m)
    expect(errors).toContain("no end line")
    writeFileSync(pathOf(line, "other.jsonl"), '{"type":"end","categories":0,"tasks":0}\n')
    expect((await importCounts(line, pathOf(line, "other.jsonl"))).code).toBe(1)
    expect((await importCounts(line, pathOf(line, "none.jsonl"))).code).toBe(1)
    writeFileSync(pathOf(line, "long.jsonl"), `${lines[0]}\n"${"x".repeat(200_000)}"\n`)
    expect((await importCounts(line, pathOf(line, "long.jsonl"))).errors).toContain("Line 2 has more than")
  })

  it("rejects a task with more than 100 categories, and imports the other tasks", async () => {
    await signUp(line, "labels@example.com")
    const names = JSON.stringify(Array.from({ length: 101 }, (_, number) => `label ${number}`))
    const lines = exportOf(3).trim().split("\n")
    const many = lines.map((text) =>
      text.includes('"Task 1 ') ? text.replace(/"categories":\[[^\]]*\]/, `"categories":${names}`) : text,
    )
    writeFileSync(pathOf(line, "many.jsonl"), `${many.join("\n")}\n`)
    const { code, counts, errors } = await importCounts(line, pathOf(line, "many.jsonl"))
    expect(code).toBe(1)
    expect(counts).toMatchObject({ imported: 2, refused: 1, categories_created: 3 })
    expect(errors).toMatch(/^line 6: .*at most 100 categories/m)
  })

  it("imports texts of older versions: control characters, and names in another Unicode form", async () => {
    await signUp(line, "older@example.com")
    const [title, name] = ["Call\tAda \u001b[1m\u2028soon", "Cafe\u0301 \u0085 home"]
    const older = exportOf(1)
      .replaceAll('"Task 0 🥛"', () => JSON.stringify(title))
      .replaceAll('"home"', () => JSON.stringify(name))
    writeFileSync(pathOf(line, "older.jsonl"), older)
    const { code, counts, errors } = await importCounts(line, pathOf(line, "older.jsonl"))
    expect(code, errors).toBe(0)
    expect(counts).toMatchObject({ imported: 1, refused: 0, categories_created: 3 })
    const { data } = await line.json<{
      data: ReadonlyArray<{ title: string; categories: ReadonlyArray<{ name: string }> }>
    }>(["list", "--all", "--sort", "created_at"])
    expect(data.map((task) => [task.title, ...task.categories.map((category) => category.name)])).toStrictEqual([
      ["Call Ada  [1m soon", "Café   home"],
    ])
  })

  it("exits with 1 if a line or the end of the file is missing, and imports the rest", async () => {
    await signUp(line, "missing@example.com")
    const lines = exportOf(6).trim().split("\n")
    const said: Record<string, string> = {
      [lines.filter((_, index) => index !== 5).join("\n")]: "1 line is missing",
      [lines.filter((_, index) => index !== 1 && index !== 5).join("\n")]: "2 lines are missing",
      [lines.slice(0, -1).join("\n")]: "no end line",
      [[...lines.slice(0, -1), ...lines].join("\n")]: "no end line",
      [lines.slice(1).join("\n")]: "line 1: the file does not begin as an export of taskwright does",
      [[...lines, lines[5]].join("\n")]: "line 12: it stands behind the end line",
      "": "holds no export",
      "\n\n": "holds no export",
    }
    for (const [text, words] of Object.entries(said)) {
      writeFileSync(pathOf(line, "part.jsonl"), text)
      for (const options of [["--dry-run"], []]) {
        const { code, errors } = await importCounts(line, pathOf(line, "part.jsonl"), ...options)
        expect(code, words).toBe(1)
        expect(errors).toContain(words)
      }
    }
    expect((await line.json<{ total: number }>(["list", "--all", "--sort", "created_at"])).total).toBe(6)
    // Two complete exports in one file count as complete.
    writeFileSync(pathOf(line, "two.jsonl"), `${exportOf(2)}${exportOf(2)}`)
    expect((await importCounts(line, pathOf(line, "two.jsonl"))).code).toBe(0)
  })

  it("imports a task that the file repeats once, and counts the repeated line", async () => {
    await signUp(line, "twice@example.com")
    const lines = exportOf(120).trim().split("\n")
    // The first is far from its repetition, in another batch.
    const repeated = [...lines.slice(0, -1), lines[4], lines.at(-2), '{"type":"end","categories":3,"tasks":122}']
    writeFileSync(pathOf(line, "twice.jsonl"), repeated.join("\n"))
    for (const options of [["--dry-run"], []]) {
      const { code, counts, errors } = await importCounts(line, pathOf(line, "twice.jsonl"), ...options)
      expect(code, errors).toBe(0)
      expect(counts).toMatchObject({ imported: 120, present: 0, repeated: 2 })
    }
    expect((await line.run(["import", pathOf(line, "twice.jsonl")])).output).toContain("2 lines repeated a task")
  })

  it("rejects lines that are not UTF-8, and whole files in UTF-16 or gzip", async () => {
    await signUp(line, "bytes@example.com")
    const text = exportOf(3)
    const latin = Buffer.from(text.replace("Task 1 🥛", "T\u00e4sk 1"), "latin1")
    writeFileSync(pathOf(line, "latin.jsonl"), latin)
    const { code, counts, errors } = await importCounts(line, pathOf(line, "latin.jsonl"))
    expect(code).toBe(1)
    expect(errors).toMatch(/^line 6: it is not UTF-8$/m)
    expect(counts).toMatchObject({ refused: 1, imported: 2 })
    writeFileSync(pathOf(line, "marked.jsonl"), `\ufeff${text.replaceAll("\n", "\r\n")}`)
    expect(await importCounts(line, pathOf(line, "marked.jsonl"))).toMatchObject({ code: 0 })
    const big = Buffer.from(text, "utf16le").swap16()
    for (const bytes of [
      Buffer.from(text, "utf16le"),
      Buffer.from(`\ufeff${text}`, "utf16le"),
      big,
      Buffer.concat([Buffer.from([0xfe, 0xff]), big]),
    ]) {
      writeFileSync(pathOf(line, "wide.jsonl"), bytes)
      const wide = await line.run(["import", pathOf(line, "wide.jsonl")])
      expect(wide.code).toBe(1)
      expect(wide.errors).toBe("taskwright: The file is UTF-16 or UTF-32. Save it as UTF-8, and import that.\n")
    }
    writeFileSync(pathOf(line, "packed.jsonl.gz"), gzipSync(text))
    expect((await line.run(["import", pathOf(line, "packed.jsonl.gz")])).errors).toContain("gunzip")
  })

  it("rejects a file of a newer format version, and imports nothing", async () => {
    await signUp(line, "newer@example.com")
    writeFileSync(pathOf(line, "newer.jsonl"), exportOf(2).replace('"version":1', '"version":2,"checksum":"x"'))
    const { code, errors } = await line.run(["import", pathOf(line, "newer.jsonl")])
    expect(code).toBe(1)
    expect(errors).toMatch(/^taskwright: The file was made by a newer Taskwright[^\n]*\n$/)
    expect((await line.json<{ total: number }>(["list", "--all", "--sort", "created_at"])).total).toBe(0)
  })
})
