/** Holds the command in a real terminal to the same output locally and on a server. */
import { mkdtempSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { filesIn } from "../adapters/cli/Files.ts"
import {
  type Environment,
  run,
  runInTerminal,
  runScript,
  runShellInTerminal,
  type Typed,
} from "../support/commandLine.ts"
import { prepareFolder } from "../support/preparedFolder.ts"
import { type ServerProcess, startServer } from "../support/serverProcess.ts"

const folder = mkdtempSync(join(tmpdir(), "taskwright-cli-"))
const password = "Correct Horse 1"
const nextPassword = "Another Horse 2"
const accessTokenSeconds = 4
const escapeCode = "\u001b"

/** One command in a terminal, the input typed there, and its exit code. */
interface Step {
  readonly args: ReadonlyArray<string>
  readonly dialogue?: ReadonlyArray<Typed>
  readonly code?: number
}

/** What a terminal sends for the key that moves down. */
const down = "\u001b[B"

const life: ReadonlyArray<Step> = [
  {
    args: ["register", "ada@example.com", "--name", "Ada Lovelace"],
    dialogue: [
      { after: "Password", type: `${password}\r` },
      { after: "Once more", type: `${password}\r` },
    ],
  },
  { args: ["whoami"] },
  { args: ["category", "add", "home"] },
  { args: ["add", "Buy milk 🥛", "--due", "tomorrow 9:00", "--priority", "high", "--category", "home"] },
  { args: ["add", "A title that is far too long for the terminal that it is shown in", "--due", "+3d"] },
  { args: ["list", "--all", "--sort", "created_at", "--order", "asc"] },
  { args: ["show", "1"] },
  { args: ["edit", "1", "--title", "Buy oat milk"] },
  {
    args: ["edit", "1", "--version-seen", "1", "--title", "Buy rye"],
    dialogue: [{ after: "Both changed", type: `${down}\r` }],
  },
  { args: ["edit", "1", "--version-seen", "1", "--title", "Never"], dialogue: [{ after: "Both changed", type: "\r" }] },
  {
    args: ["edit", "1", "--version-seen", "1", "--title", "Bread", "--priority", "high"],
    dialogue: [
      { after: "Both changed", type: "\r" },
      { after: "Which title", type: `${down}\r` },
    ],
  },
  {
    args: ["edit", "1", "--version-seen", "1", "--title", "Never"],
    dialogue: [{ after: "Both changed", type: "\u0003" }],
    code: 130,
  },
  { args: ["start", "1"] },
  { args: ["done", "1"] },
  { args: ["unassign", "1", "home"] },
  { args: ["rm", "2"] },
  { args: ["show", "2"], code: 3 },
  { args: ["list", "--all", "--sort", "created_at"] },
  { args: ["trash", "list"] },
  { args: ["undo"] },
  { args: ["undo", "--dry-run"] },
  { args: ["list", "--all", "--sort", "created_at"] },
  { args: ["history", "2"] },
  { args: ["trash", "empty"], dialogue: [{ after: "cannot be undone", type: "y" }] },
  {
    args: ["account", "password"],
    dialogue: [
      { after: "Current password", type: `${password}\r` },
      { after: "New password", type: `${nextPassword}\r` },
      { after: "Once more", type: `${nextPassword}\r` },
    ],
  },
  { args: ["logout"] },
  { args: ["list"], code: 5 },
  {
    args: ["login", "ada@example.com"],
    dialogue: [{ after: "Password", type: "Wrong Horse 1\r" }],
    code: 5,
  },
  { args: ["login", "ada@example.com"], dialogue: [{ after: "Password", type: `${nextPassword}\r` }] },
  {
    args: ["account", "delete"],
    dialogue: [
      { after: "cannot be undone", type: "y" },
      { after: "Current password", type: `${nextPassword}\r` },
    ],
  },
]

/** Replaces the parts that differ from one run to the next: ids, times of day, and the data's location. */
const normalised = (text: string): string =>
  text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<id>")
    .replaceAll(/(?<=^\S*\d {2}\S*|^\S*\[2m)[0-9a-f]{4,}(?=\S* {2,})/gm, "<id>")
    .replaceAll(/\d\d:\d\d(?=\W)/g, "<time>")
    .replaceAll(/at (?:http|\/)\S+/g, "at <place>")
    .replaceAll(/ {2,}/g, "  ")

const transcribe = async (environment: Environment): Promise<ReadonlyArray<string>> => {
  const shown: Array<string> = []
  for (const { args, code = 0, dialogue } of life) {
    const ended = await runInTerminal(args, environment, dialogue, 60)
    expect(ended.code, `${args.join(" ")}: ${ended.output}`).toBe(code)
    for (const secret of [password, nextPassword]) expect(ended.output).not.toContain(secret)
    shown.push(normalised(ended.output))
  }
  return shown
}

/** Each command gets a pseudo-terminal of its own, but to the user they are one. */
const oneTerminal = { TASKWRIGHT_TERMINAL: "one" }
const local = {
  ...oneTerminal,
  TASKWRIGHT_CONFIG_DIR: join(folder, "local", "config"),
  DATA_DIR: join(folder, "local", "data"),
}
let server: ServerProcess
let remote: Environment

beforeAll(async () => {
  const dataDir = join(folder, "server")
  await prepareFolder(dataDir)
  await prepareFolder(local.DATA_DIR)
  server = await startServer({
    DATA_DIR: dataDir,
    // Long enough for a command on a busy machine, and expired before the next command but one.
    ACCESS_TOKEN_TTL: `${accessTokenSeconds} seconds`,
    RATE_LIMIT_USER: "10000",
    RATE_LIMIT_IP: "10000",
  })
  remote = { ...oneTerminal, TASKWRIGHT_CONFIG_DIR: join(folder, "remote"), TASKWRIGHT_SERVER: server.url }
})
afterAll(async () => {
  await server.end("SIGTERM")
  rmSync(folder, { recursive: true, force: true })
})

describe("the command in a terminal", () => {
  it("prints the whole life of a task the same locally and on a server", async () => {
    const [there, here] = await Promise.all([transcribe(remote), transcribe(local)])
    expect(here).toStrictEqual(there)
    const all = here.join("\n")
    for (const words of ["Buy milk 🥛", "Signed out.", "The task was changed since you saw it", "A title that", "…"]) {
      expect(all).toContain(words)
    }
  })

  it("keeps credentials in files of mode 0600 in folders of mode 0700", () => {
    const files = filesIn(local.TASKWRIGHT_CONFIG_DIR)
    expect(files.length).toBeGreaterThan(0)
    for (const file of files.filter((path) => path.endsWith(".json"))) expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(local.TASKWRIGHT_CONFIG_DIR).mode & 0o777).toBe(0o700)
  })
})

describe("the numbers of a list", () => {
  const environment = () => ({
    TASKWRIGHT_SERVER: server.url,
    TASKWRIGHT_CONFIG_DIR: join(folder, "numbers"),
    NO_COLOR: "1",
  })
  beforeAll(async () => {
    const args = ["register", "numbers@example.com", "--name", "Numbers", "--password-stdin"]
    expect((await run(args, environment(), `${password}\n`)).code).toBe(0)
    for (const title of ["First task", "Second task"]) {
      expect((await run(["add", title], environment())).code).toBe(0)
    }
  })

  it("name the tasks of the last list that the terminal showed", async () => {
    const { code, output } = await runShellInTerminal(
      [
        "taskwright list --order asc",
        "taskwright list --order desc --json > /dev/null",
        "taskwright list --order desc | cat",
        "(taskwright list --order desc > /dev/null) & wait",
        "taskwright show 1 | head -n 1",
        "echo removing",
        "taskwright rm 1 --json | grep title",
      ],
      environment(),
    )
    expect(code, output).toBe(0)
    expect(output).toMatch(/^1 +[0-9a-f]{4,} +pending +medium +First task/m)
    // Output into a pipe has tabs, and no numbers.
    expect(output).toMatch(/^[0-9a-f-]{36}\tpending\tmedium\t\tSecond task\t\r?$/m)
    expect(output).toMatch(/^First task\r?$/m)
    expect(output.split("removing")[1] ?? "").toMatch(/"title": "First task"/)
    // Another terminal has shown no list.
    const other = await runInTerminal(["show", "1"], environment())
    expect(other.code).toBe(3)
    expect(other.output).toContain("This terminal has shown no list")
  })

  it("name the tasks of the last list that a script without a terminal read", async () => {
    const script = (order: string) =>
      `"$0" "$1" list --order ${order}; "$0" "$1" list --json > /dev/null; "$0" "$1" show 1`
    expect((await run(["add", "Third task"], environment())).code).toBe(0)
    for (const [order, title] of [
      ["asc", "Second task"],
      ["desc", "Third task"],
    ] as const) {
      const ended = await runScript(script(order), environment())
      expect(ended.code, ended.errors).toBe(0)
      // The number of a task is that of its line.
      expect(ended.output).toMatch(new RegExp(`^[^\\t\\n]+\\tpending\\t[^\\n]+${title}\\t\\n[^]*^${title}$`, "m"))
    }
  })
})

describe("the command in a pipe", () => {
  const environment = () => ({ ...remote, TASKWRIGHT_CONFIG_DIR: join(folder, "pipe") })
  beforeAll(async () => {
    const args = ["register", "pipe@example.com", "--name", "Pipe", "--password-stdin"]
    expect((await run(args, environment(), `${password}\n`)).code).toBe(0)
    expect((await run(["add", "A task", "--priority", "high"], environment())).code).toBe(0)
  })

  it("has colours on a terminal alone, and not with NO_COLOR", async () => {
    expect((await runInTerminal(["list"], environment())).output).toContain(`${escapeCode}[31mhigh`)
    expect((await runInTerminal(["list"], { ...environment(), NO_COLOR: "1" })).output).not.toContain(escapeCode)
    expect((await run(["list"], environment())).output).not.toContain(escapeCode)
    expect((await run(["--help"], environment())).output).not.toContain(escapeCode)
  })

  it("writes its errors and its log to standard error alone", async () => {
    const wrong = await run(["lst"], environment())
    expect(wrong).toMatchObject({ code: 2, output: "" })
    expect(wrong.errors).toContain("USAGE")
    const missing = await run(["show", "7"], environment())
    expect(missing).toMatchObject({ code: 3, output: "" })
    expect(missing.errors).toMatch(/^taskwright: [^\n]+\n$/)
    const verbose = await run(["whoami", "--json"], { ...environment(), LOG_LEVEL: "trace" })
    expect(JSON.parse(verbose.output).user.email).toBe("pipe@example.com")
  })

  it("refreshes a session once for concurrent commands", async () => {
    await new Promise((resolve) => setTimeout(resolve, (accessTokenSeconds + 1) * 1_000))
    const ended = await Promise.all(Array.from({ length: 4 }, () => run(["list"], environment())))
    expect(ended.map(({ code, errors }) => [code, errors])).toStrictEqual(Array.from({ length: 4 }, () => [0, ""]))
    expect((await run(["whoami"], environment())).code).toBe(0)
  })

  it("reports in one line that a server has locked the data folder", async () => {
    const held = { TASKWRIGHT_CONFIG_DIR: join(folder, "held"), DATA_DIR: join(folder, "server") }
    const { code, errors, output } = await run(["list"], held)
    expect({ code, output }).toMatchObject({ code: 6, output: "" })
    expect(errors).toMatch(/^taskwright: The data folder .* is in use by process \d+ .*--server URL\n$/)
  })

  it("waits for concurrent commands on the local database", async () => {
    const shared = { TASKWRIGHT_CONFIG_DIR: join(folder, "shared", "config"), DATA_DIR: join(folder, "shared", "data") }
    await prepareFolder(shared.DATA_DIR)
    const args = ["register", "shared@example.com", "--name", "Shared", "--password-stdin"]
    expect((await run(args, shared, `${password}\n`)).code).toBe(0)
    const titles = Array.from({ length: 6 }, (_, number) => `Task ${number}`)
    const ended = await Promise.all(titles.map((title) => run(["add", title], shared)))
    expect(ended.map(({ code, errors }) => [code, errors])).toStrictEqual(titles.map(() => [0, ""]))
    const listed = await run(["list", "--json"], shared)
    const { data } = JSON.parse(listed.output) as { data: ReadonlyArray<{ title: string }> }
    expect(data.map(({ title }) => title).sort()).toStrictEqual(titles)
  })

  it("exits with 130 after a signal", async () => {
    const stopped = await runInTerminal(["login", "pipe@example.com"], environment(), [
      { after: "Password", type: "\u0003" },
    ])
    expect(stopped.code).toBe(130)
  })
})
