/** Runs the code blocks of a documentation page as a reader would. */
import { type ChildProcess, spawn } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, dirname, join } from "node:path"
import { childEnvironment } from "./childEnvironment.ts"
import type { Block } from "./pages.ts"
import { prepareFolder } from "./preparedFolder.ts"
import { programFile } from "./programs.ts"
import { quoted } from "./pseudoTerminal.ts"
import { startServer } from "./serverProcess.ts"
import { root } from "./sources.ts"

/** The time limit for all blocks of a page, on a machine that runs other tests beside it. */
const pageMillis = 400_000

const marker = "-- block "

/** The files that a clone does not contain. */
const notCloned = new Set([".git", ".data", "dist", "coverage"])

/** Makes a reader's machine: an empty home with a clone of the project, in which the blocks may write. */
const makeMachine = () => {
  const home = mkdtempSync(join(tmpdir(), "taskwright-pages-"))
  const clone = join(home, "clone")
  const programs = join(home, "bin")
  for (const folder of [clone, programs]) mkdirSync(folder)
  for (const name of readdirSync(root).filter((entry) => !notCloned.has(entry))) {
    symlinkSync(join(root, name), join(clone, name))
  }
  // As an installation does it.
  symlinkSync(programFile("cli"), join(programs, "taskwright"))
  const path = [programs, dirname(process.execPath), process.env["PATH"] ?? ""].join(delimiter)
  return {
    clone,
    environment: {
      ...childEnvironment,
      HOME: home,
      PATH: path,
      TZ: "Europe/Berlin",
      LANG: "C.UTF-8",
      NPM_CONFIG_UPDATE_NOTIFIER: "false",
    },
    remove: () => rmSync(home, { recursive: true, force: true }),
  }
}

const startPrepared = async (dataDir: string) => {
  await prepareFolder(dataDir)
  return startServer({ DATA_DIR: dataDir })
}

const ended = (child: ChildProcess) =>
  new Promise<{ readonly code: number | null; readonly output: string; readonly errors: string }>((resolve) => {
    let output = ""
    let errors = ""
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk
    })
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      errors += chunk
    })
    child.once("close", (code) => resolve({ code, output, errors }))
  })

/** Settings from one block of a page on. */
export interface SettingsFrom {
  readonly block: (block: Block) => boolean
  readonly settings: Readonly<Record<string, string>>
}

/**
 * Runs the blocks in one bash, one after the other, until one fails, and returns the output of each. If they call
 * the server of the first page, one runs on a free port with its default settings.
 */
export const walkThrough = async (
  blocks: ReadonlyArray<Block>,
  later?: SettingsFrom,
): Promise<ReadonlyArray<string>> => {
  const changing = later === undefined ? undefined : blocks.find(later.block)
  const exports = Object.entries(later?.settings ?? {}).map(([name, value]) => `export ${name}=${quoted(value)}\n`)
  const script = blocks
    .map((block) => {
      const before = block === changing ? exports.join("") : ""
      return `${before}echo '${marker}${block.line}'\n${block.code}`
    })
    .join("")
  const machine = makeMachine()
  const server = script.includes("http://127.0.0.1:3000") ? await startPrepared(join(machine.clone, ".data")) : null
  try {
    const called = script.replaceAll("http://127.0.0.1:3000", server?.url ?? "")
    const shell = spawn("bash", ["-eu", "-o", "pipefail", "-c", called], {
      cwd: machine.clone,
      env: machine.environment,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: pageMillis,
      // A script without a terminal, even if the tests run in one.
      detached: true,
    })
    const { code, errors, output } = await ended(shell)
    const outputs = output.split(new RegExp(`^${marker}\\d+\\n|(?<=[^\\n])${marker}\\d+\\n`, "m")).slice(1)
    if (code === 0) return outputs
    throw new Error(`the block in line ${blocks[outputs.length - 1]?.line} failed with ${code}: ${errors}`)
  } finally {
    await server?.end("SIGTERM")
    machine.remove()
  }
}
