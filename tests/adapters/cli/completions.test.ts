/** Holds completions to the open tasks and the categories of the user, and to silence everywhere else. */
import { Completions } from "effect/cli"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { completedWord } from "../../../adapters/cli/completions/CompletedWord.ts"
import { liveScript } from "../../../adapters/cli/completions/LiveScripts.ts"
import { commands } from "../../../adapters/cli/Main.ts"
import { backends, type CommandLine, commandLine } from "./Commands.ts"
import { filesIn } from "./Files.ts"

describe("the word at the cursor", () => {
  const root = Completions.fromCommand(commands)

  it.each([
    [["done", ""], "task"],
    [["complete", "1", "2", "mi"], "task"],
    [["show", "--json", "a5"], "task"],
    [["edit", "--title", "x", ""], "task"],
    [["assign", ""], "task"],
    [["assign", "1", "ho"], "category"],
    [["add", "x", "--category", ""], "category"],
    [["ls", "--category", "ho"], "category"],
    [["category", "rm", ""], "category"],
    [["category", "rename", "ho"], "category"],
  ] as const)("in %j names a %s", (words, kind) => {
    expect(completedWord(root, words)).toStrictEqual({ kind, typed: words.at(-1) })
  })

  it.each([
    [[]],
    [[""]],
    [["do"]],
    [["done", "-"]],
    [["done", "--js"]],
    [["show", "1", ""]],
    [["add", ""]],
    [["add", "--due", ""]],
    [["category", ""]],
    [["category", "add", ""]],
    [["category", "rename", "home", ""]],
    [["trash", "restore", ""]],
    [["assign", "1", "home", ""]],
    [["nonsense", ""]],
  ])("in %j names nothing of the user's data", (words) => {
    expect(completedWord(root, words)).toBeNull()
  })
})

describe.each(backends)("taskwright suggest on the %s backend", (backend) => {
  let line: CommandLine
  const suggest = async (...words: ReadonlyArray<string>) => {
    const { code, errors, output } = await line.run(["suggest", "--", ...words])
    expect([code, errors]).toEqual([0, ""])
    return output === "" ? [] : output.trimEnd().split("\n")
  }
  beforeAll(async () => {
    line = await commandLine(backend)
  })
  afterAll(() => line.stop())

  it("prints nothing and opens no list for a user without a session", async () => {
    expect(await suggest("done", "")).toEqual([])
    expect(filesIn(line.folder)).toEqual([])
  })

  it("prints open tasks by id or title, and categories by name", async () => {
    await line.run(["register", "ada@example.com", "--name", "Ada", "--password-stdin"], "Correct Horse 1\n")
    const ids: Record<string, string> = {}
    for (const title of ["Buy milk", "Call \u202eAda", "Old milk"]) {
      const { task } = await line.json<{ task: { id: string } }>(["add", title])
      ids[title] = task.id.slice(-8)
    }
    for (const name of ["home", "home office", "work"]) await line.run(["category", "add", name])
    await line.run(["list", "--sort", "created_at"])
    await line.run(["done", "1"])
    await line.run(["start", "2"])
    const milk = `${ids["Buy milk"]}\tBuy milk`
    const call = `${ids["Call \u202eAda"]}\tCall \\u202eAda`
    expect((await suggest("done", "")).toSorted()).toEqual([milk, call].toSorted())
    expect(await suggest("done", "MIL")).toEqual([milk])
    expect(await suggest("done", ids["Buy milk"]?.slice(0, 7) ?? "")).toEqual([milk])
    expect((await line.run(["show", ids["Buy milk"] ?? ""])).output).toContain("Buy milk")
    expect(await suggest("done", "nothing")).toEqual([])
    expect(await suggest("add", "x", "--category", "HO")).toEqual(["home", "home office"])
    expect(await suggest("list", "")).toEqual([])
    expect(await suggest("--server", "https://elsewhere.example.com", "done", "")).toEqual([])
  })

  it("prints nothing after an error, and is in no help", async () => {
    await line.run(["logout"])
    expect(await suggest("done", "")).toEqual([])
    expect((await line.run(["--help"])).output).not.toContain("suggest")
    for (const shell of ["bash", "zsh", "fish"] as const) {
      const { code, output } = await line.run(["--completions", shell])
      expect(code).toBe(0)
      expect(output).toContain("_taskwright_live")
      expect(output).toContain(liveScript(shell).trim())
    }
    expect((await line.run(["--completions", "powershell"])).output).not.toContain("suggest")
  })
})
