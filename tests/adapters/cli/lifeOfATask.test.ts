/** Holds both backends to the same output and exit codes through the whole life of a task. */
import { statSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { backends, type CommandLine, commandLine } from "./Commands.ts"
import { filesIn } from "./Files.ts"

const password = "Correct Horse 1\n"

/** Replaces the parts that differ from one run to the next. */
const normalised = (text: string): string =>
  text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<id>")
    .replaceAll(/^(\d+ +)[0-9a-f]{4,} +/gm, "$1<id> ")
    .replaceAll(/^# {2}ID +/gm, "#  ID ")
    .replaceAll(/^(ID|[0-9a-f]{4,}) +/gm, "<id> ")
    .replaceAll(/\d\d:\d\d(?::\d\d\.\d{3})?/g, "<time>")
    .replaceAll(/^at .*/gm, "at <place>")

/** The whole life of a task, and every way in which a command ends. */
const life: ReadonlyArray<readonly [args: ReadonlyArray<string>, code: number, input?: string]> = [
  [["logout"], 5],
  [["register", "ada@example.com", "--name", "Ada Lovelace", "--password-stdin"], 2],
  [["register", "ada@example.com", "--name", "Ada Lovelace", "--password-stdin"], 2, "weak\n"],
  [["register", "ada@example.com", "--name", "Ada Lovelace", "--password-stdin"], 2, "Password1\n"],
  [["register", "ada", "--name", "Ada Lovelace", "--password-stdin"], 2, password],
  [["register", "ada@example.com", "--name", "Ada Lovelace", "--password-stdin"], 0, password],
  [["register", "ada@example.com", "--name", "Another", "--password-stdin"], 4, password],
  [["whoami"], 0],
  [["category", "list"], 0],
  [["category", "add", "home", "--color", "#2E7D32"], 0],
  [["category", "add", "home"], 4],
  [["category", "add", "home", "--color", "green"], 2],
  [["category", "list"], 0],
  [["list"], 0],
  [["add", "xx"], 2],
  [["add", "Buy milk", "--due", "2031-02-30"], 2],
  [["add", "Buy milk", "--due", "2020-01-01"], 1],
  [["add", "Buy milk", "--due", "next friday"], 2],
  [["list", "--due-from", "fri 5/6"], 2],
  [["list", "--due-to", "tomorrow morning"], 2],
  [["list", "--due-from", "+3d", "--due-to", "tomorrow"], 2],
  [["list", "--due-from", "tomorrow", "--due-to", "tomorrow"], 0],
  [["add", "Buy milk", "--category", "hone"], 3],
  [["add", "Buy milk", "--priority", "urgent"], 2],
  [["add", "Buy milk", "--due", "2031-12-24", "--priority", "high", "--category", "home"], 0],
  [["add", "Call Ada", "--description", "About\nthe engine", "--due", "2031-12-25 15:30"], 0],
  [["add", "Write letters"], 0],
  [["list", "--sort", "created_at", "--order", "asc"], 0],
  [["list", "--priority", "high"], 0],
  [["list", "--category", "home", "--due-from", "2031-12-24", "--due-to", "2031-12-24"], 0],
  [["list", "--page", "2", "--limit", "2"], 0],
  [["list", "--page", "9"], 0],
  [["list", "--limit", "101"], 2],
  [["list", "--all", "--sort", "created_at", "--order", "asc"], 0],
  [["show", "1"], 0],
  [["show", "2"], 0],
  [["show", "9"], 3],
  [["show", "zz"], 2],
  [["show", "0193a5ae-3c44-7a90-b6f7-1d2c3b4a5968"], 3],
  [["show", "0193a5ae"], 3],
  [["show", ""], 2],
  [["show", " "], 2],
  [["edit", "", "--title", "Nothing"], 2],
  [["done", "1", ""], 2],
  [["assign", "", "home"], 2],
  [["assign", "1", ""], 2],
  [["unassign", "1", " "], 2],
  [["rm", ""], 2],
  [["rm", "1", "-"], 2],
  [["rm", "1", "0193a5ae-3c44-7a90-b6f7-1d2c3b4a5968"], 3],
  [["rm", "1", "9"], 3],
  [["list", "--category", ""], 2],
  [["add", "Nothing", "--category", ""], 2],
  [["category", "rm", ""], 2],
  [["category", "add", ""], 2],
  [["edit", "1"], 2],
  [["edit", "1", "--due", "+30m"], 2],
  [["edit", "1", "--title", "Buy oat milk", "--due", "none", "--description", "two litres"], 0],
  [["edit", "1", "--priority", "low", "--description", "none"], 0],
  [["edit", "1", "--version-seen", "1", "--title", "Too late"], 4],
  [["edit", "1", "--version-seen", "1", "--title", "Buy rye", "--retry"], 0],
  [["edit", "1", "--version-seen", "1", "--title", "Too late", "--merge"], 4],
  [["edit", "1", "--version-seen", "1", "--status", "pending", "--merge"], 0],
  [["edit", "1", "--version-seen", "99", "--title", "Too early"], 2],
  [["edit", "1", "--title", "Buy rye", "--merge", "--retry"], 2],
  [["start", "1", "2"], 0],
  [["done", "1"], 0],
  [["done", "1", "1"], 0],
  [["list", "--status", "completed"], 0],
  [["list", "--all", "--sort", "created_at", "--order", "asc"], 0],
  [["assign", "2", "home"], 0],
  [["assign", "2", "home"], 4],
  [["unassign", "2", "home"], 0],
  [["unassign", "2", "home"], 3],
  [["rm", "3", "3"], 0],
  [["rm", "3"], 3],
  [["category", "add", "garden"], 0],
  [["category", "rename", "garden", "home"], 4],
  [["category", "rename", "garden", "x"], 2],
  [["category", "rename", "gardin", "yard"], 3],
  [["category", "rename", "garden", "yard"], 0],
  [["category", "edit", "yard"], 2],
  [["category", "edit", "yard", "--color", "green"], 2],
  [["category", "edit", "yard", "--name", "plants", "--color", "#2E7D32"], 0],
  [["category", "edit", "plants", "--color", "none"], 0],
  [["category", "list"], 0],
  [["category", "restore", "plants"], 2],
  [["category", "restore", "0193a5ae-3c44-7a90-b6f7-1d2c3b4a5968"], 3],
  [["category", "rm", "home"], 0],
  [["category", "rm", "home"], 3],
  [["sessions"], 0],
  [["sessions", "end", "ffff"], 3],
  [["sessions", "end", ""], 2],
  [["sessions", "end", " "], 2],
  [["sessions", "end", "0"], 2],
  [["config"], 0],
  [["migrate"], 0],
  [["openapi"], 0],
  [["nonsense"], 2],
  [["list", "--nonsense"], 2],
  [["logout"], 0],
  [["logout"], 5],
  [["list"], 5],
  [["login", "ada@example.com", "--password-stdin"], 5, "Wrong Horse 1\n"],
  [["login", "ada@example.com", "--password-stdin"], 0, password],
  [["list"], 0],
]

describe("the whole life of a task", () => {
  const transcripts = new Map<string, ReadonlyArray<string>>()
  const lines = new Map<string, CommandLine>()
  beforeAll(async () => {
    for (const backend of backends) lines.set(backend, await commandLine(backend))
  })
  afterAll(async () => {
    for (const line of lines.values()) await line.stop()
  })

  it.each(backends)("every command exits with its code (%s)", async (backend) => {
    const transcript: Array<string> = []
    for (const [args, code, input] of life) {
      const ran = await lines.get(backend)?.run(args, input)
      expect(ran?.code, `${args.join(" ")}: ${ran?.output}${ran?.errors}`).toBe(code)
      // Standard error has text if the command failed, and none if it succeeded.
      expect(ran?.errors !== "", args.join(" ")).toBe(code !== 0 || args.includes("--retry"))
      transcript.push(normalised(`$ ${args.join(" ")}\n${ran?.output}${ran?.errors}`))
    }
    transcripts.set(backend, transcript)
  })

  it("prints the same locally and on a server", () => {
    const isShown = (text: string) => !text.startsWith("$ config")
    const local = transcripts.get("local")?.filter(isShown)
    expect(local).toStrictEqual(transcripts.get("remote")?.filter(isShown))
    const shown = local?.join("\n").replaceAll(/ +/g, " ") ?? ""
    for (const words of [
      "Ada Lovelace <ada@example.com> (not verified yet)",
      'You have no category "hone". Did you mean "home"?',
      "1 <id> pending high Wed 24 Dec 2031 Buy milk home",
      "Page 2 of 2, 3 tasks in all",
      "No tasks on page 9; there are 3.",
      "About\nthe engine",
      "Changed <id> Buy oat milk",
      "Deleted <id> Write letters",
      "title: Buy milk -> Buy oat milk, yours: Too late",
      "in conflict with your change: title. With --retry your values win.",
      "Changed <id> Buy rye\nKept what was changed since: title, priority, due",
      "Changed <id> plants #2E7D32",
      "Take it back with: taskwright category restore <id>",
      "Taskwright CLI",
    ]) {
      expect(shown).toContain(words)
    }
  })

  it.each(backends)("stores files with mode 0600 in folders with mode 0700 (%s)", async (backend) => {
    const line = lines.get(backend)
    const files = filesIn(line?.folder ?? "").filter((path) => path.endsWith(".json"))
    expect(files.length).toBeGreaterThan(1)
    for (const file of files) {
      expect(statSync(file).mode & 0o777, file).toBe(0o600)
      expect(statSync(join(file, "..")).mode & 0o777, file).toBe(0o700)
    }
  })
})
