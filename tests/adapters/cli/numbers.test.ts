/** Holds the numbers and short ids of tasks to the list that the terminal showed last. */
import { readdirSync } from "node:fs"
import { dirname } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { TerminalSessionShape } from "../../../adapters/cli/session/TerminalSession.ts"
import { backends, type CommandLine, commandLine } from "./Commands.ts"
import { filesIn } from "./Files.ts"

const password = "Correct Horse 1\n"

const here: TerminalSessionShape = { key: "here", isShown: true }
const there: TerminalSessionShape = { key: "there", isShown: true }
/** The same terminal, with standard output redirected to a pipe or a file. */
const piped: TerminalSessionShape = { key: "here", isShown: false }
const unknown: TerminalSessionShape = { key: null, isShown: false }

describe.each(backends)("numbers and short ids of tasks on the %s backend", (backend) => {
  let line: CommandLine
  const ids = new Map<string, string>()
  const list = (order: "asc" | "desc", terminal: TerminalSessionShape, ...flags: ReadonlyArray<string>) =>
    line.run(["list", "--sort", "created_at", "--order", order, ...flags], "", terminal)
  const titleOf = async (reference: string, terminal: TerminalSessionShape) => {
    const { code, errors, output } = await line.run(["show", reference], "", terminal)
    return code === 0 ? output.split("\n")[0] : errors
  }

  beforeAll(async () => {
    line = await commandLine(backend)
    await line.run(["register", "ada@example.com", "--name", "Ada", "--password-stdin"], password)
    for (const title of ["First task", "Second task", "Third task"]) {
      ids.set(title, (await line.json<{ task: { id: string } }>(["add", title])).task.id)
    }
  })
  afterAll(() => line.stop())

  it("a number names the task of the list that the same terminal showed last", async () => {
    await list("asc", here)
    await list("desc", here, "--json")
    await list("desc", there, "--json")
    await list("desc", piped)
    await list("desc", unknown)
    await list("desc", there)
    for (const terminal of [here, piped]) expect(await titleOf("1", terminal)).toBe("First task")
    expect(await titleOf("1", there)).toBe("Third task")
    await list("desc", here)
    expect(await titleOf("1", here)).toBe("Third task")
    await list("asc", here)
  })

  it("a list has numbers only in a terminal that remembers it", async () => {
    expect((await list("asc", here)).output).toMatch(/^# +ID/)
    for (const terminal of [piped, unknown]) expect((await list("asc", terminal)).output).toMatch(/^ID +STATUS/)
  })

  it("a number is rejected in a terminal without a list, and for another user", async () => {
    expect((await titleOf("1", { key: "new", isShown: true })) ?? "").toMatch(/has shown no list/)
    expect((await titleOf("1", unknown)) ?? "").toMatch(/has shown no list/)
    expect((await titleOf("4", here)) ?? "").toMatch(/no task number 4/)
    await list("asc", here, "--status", "completed")
    expect((await titleOf("1", here)) ?? "").toMatch(/no task number 1/)
    await list("asc", here)
    await line.run(["register", "eve@example.com", "--name", "Eve", "--password-stdin"], password)
    expect((await titleOf("1", here)) ?? "").toMatch(/has shown no list/)
    await line.run(["login", "ada@example.com", "--password-stdin"], password)
    expect(await titleOf("1", here)).toBe("First task")
  })

  it("rm by number deletes the listed task and prints its old and new title", async () => {
    await line.run(["add", "Sell the car"])
    const { data } = await line.json<{ data: ReadonlyArray<{ id: string }> }>([
      "list",
      "--sort",
      "created_at",
      "--limit",
      "1",
    ])
    const id = data[0]?.id ?? ""
    await list("asc", here)
    await line.run(["edit", id, "--title", "Sell the boat"], "", there)
    const { code, output } = await line.run(["rm", "4"], "", here)
    expect(code).toBe(0)
    expect(output).toMatch(`Deleted ${id} Sell the boat, listed as Sell the car\n`)
  })

  it("edit by number conflicts with changes that the terminal has not shown", async () => {
    await list("asc", here)
    const id = ids.get("Second task") ?? ""
    await line.run(["edit", id, "--priority", "high"], "", there)
    await line.run(["show", "2", "--json"], "", here)
    await line.run(["show", "2"], "", piped)
    expect((await line.run(["edit", "2", "--priority", "low"], "", here)).code).toBe(4)
    await line.run(["show", "2"], "", here)
    expect((await line.run(["edit", "2", "--priority", "low"], "", here)).code).toBe(0)
    // The command remembers the version after its own change.
    expect((await line.run(["edit", "2", "--priority", "medium", "--json"], "", here)).code).toBe(0)
    expect((await line.run(["edit", "2", "--priority", "low"], "", here)).code).toBe(0)
  })

  it("concurrent commands of one terminal keep the numbers of its last list", async () => {
    await list("asc", here)
    await Promise.all([list("desc", here), ...["1", "2", "3"].map((number) => line.run(["start", number], "", here))])
    expect(await titleOf("1", here)).toBe("Third task")
    await list("asc", here)
  })

  it("a task that is named twice is handled once", async () => {
    const { task } = await line.json<{ task: { id: string } }>(["add", "Once only"])
    const references = [task.id, task.id.toUpperCase(), task.id.slice(-8), task.id.slice(-5)]
    const started = await line.json<{ data: ReadonlyArray<unknown> }>(["start", ...references])
    expect(started.data).toHaveLength(1)
    const removed = await line.json<{ deleted: ReadonlyArray<string>; data: ReadonlyArray<{ title: string }> }>([
      "rm",
      ...references,
    ])
    expect(removed.deleted).toStrictEqual([task.id])
    expect(removed.data[0]?.title).toBe("Once only")
  })

  it("an id is found by its shown end, any longer end, and a long beginning", async () => {
    const { output } = await list("asc", unknown)
    const shown = output
      .split("\n")
      .slice(1, 4)
      .map((row) => row.split(" ")[0] ?? "")
    for (const [index, [title, id]] of [...ids].entries()) {
      expect(id.replaceAll("-", "").endsWith(shown[index] ?? "?"), output).toBe(true)
      expect(shown[index]?.length ?? 99).toBeLessThanOrEqual(6)
      for (const reference of [shown[index] ?? "", id.slice(-12), id.slice(-17).toUpperCase(), id.slice(0, -1), id]) {
        for (const terminal of [here, unknown]) expect(await titleOf(reference, terminal), reference).toBe(title)
      }
    }
    expect((await titleOf(ids.get("First task")?.slice(-3) ?? "", unknown)) ?? "").toMatch(/names no task|no list/)
  })

  it("an ambiguous short id is rejected with the matching tasks, and nothing is deleted", async () => {
    const begun = ids.get("First task")?.slice(0, 8) ?? ""
    for (const terminal of [here, unknown]) {
      const { code, errors } = await line.run(["rm", begun], "", terminal)
      expect(code).toBe(2)
      expect(errors).toMatch(/^taskwright: [0-9a-f]{8} names more than one task: [0-9a-f]{4,} "First task", [^\n]+\n$/)
      expect(errors).toContain("Third task")
    }
    expect((await line.json<{ total: number }>(["list", "--all"])).total).toBe(3)
  })

  it("rm deletes nothing if one of several references matches no task", async () => {
    const known = ids.get("First task") ?? ""
    // All ids share their beginning, so a short one names none.
    for (const wrong of ["0193a5ae-3c44-7a90-b6f7-1d2c3b4a5968", "ffffffff", known.slice(0, 7), "999", "x", ""]) {
      expect((await line.run(["rm", known, wrong], "", here)).code, wrong).not.toBe(0)
    }
    expect(await titleOf(known, here)).toBe("First task")
    expect(await titleOf(known.slice(0, 7), here)).toMatch(/^taskwright: No task of yours has an id that ends with /)
  })

  it("the lists of the last 32 terminals are remembered", async () => {
    const folder = () => dirname(filesIn(line.folder).find((path) => path.includes("/lists/")) ?? "")
    const lists = () => readdirSync(folder()).filter((name) => name.endsWith(".json"))
    for (let number = 0; number < 40; number++) {
      await list("asc", { key: `terminal ${number}`, isShown: true })
    }
    await list("asc", here)
    expect(lists()).toHaveLength(32)
    expect(await titleOf("1", here)).toBe("First task")
    expect(await titleOf("1", { key: "terminal 39", isShown: true })).toBe("First task")
  })
})
