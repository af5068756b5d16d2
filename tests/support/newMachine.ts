/** The first minutes of a person on a new machine: a home directory without files, one terminal, and no account. */
import { spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { stripVTControlCharacters } from "node:util"
import { childEnvironment } from "./childEnvironment.ts"
import { quoted, scriptArguments } from "./pseudoTerminal.ts"

/** A command that was typed, what the terminal showed, and how long it took. */
export interface WalkedStep {
  readonly typed: string
  readonly shown: string
  readonly code: number
  readonly millis: number
  /** Whether the command succeeded and showed what the person looks for. */
  readonly isRight: boolean
}

/** What is typed without reading, and what the person then looks for. */
const steps: ReadonlyArray<readonly [args: string, expected: RegExp]> = [
  ["add Buy milk --due today", /^Added .*Buy milk/m],
  ["today", /^1 .*Buy milk[\s\S]*1 (?:due today|overdue)/m],
  ["done 1", /^Done .*Buy milk/m],
  ["undo", /^Took back/m],
  ["today", /^1 .*Buy milk/m],
  ["list", /^1 .*Buy milk/m],
]

/** The time limit of all steps, on a machine that runs other tests beside it. */
const limitMillis = 300_000

/** Marks the end of a step, with its exit code. */
const endOfStep = /@@ (\d+)\r?\n/g

/**
 * Types the steps in one pseudo-terminal. `command` is the program and its first arguments. Without a folder of
 * compiled modules, their cache is that of a new machine too.
 */
export const walkNewMachine = async (
  command: ReadonlyArray<string>,
  compiledModules = "",
): Promise<ReadonlyArray<WalkedStep>> => {
  const home = mkdtempSync(join(tmpdir(), "taskwright-new-machine-"))
  const program = command.map(quoted).join(" ")
  const lines = steps.map(([args]) => `${program} ${args}; echo "@@ $?"`)
  const child = spawn("script", scriptArguments(["stty cols 80 rows 24", ...lines].join("\n")), {
    env: { ...childEnvironment, NODE_COMPILE_CACHE: compiledModules, HOME: home, TERM: "xterm" },
  })
  const ends: Array<{ readonly at: number; readonly millis: number; readonly code: number }> = []
  let output = ""
  const start = performance.now()
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    output += chunk
    for (const match of [...output.matchAll(endOfStep)].slice(ends.length)) {
      ends.push({ at: match.index, millis: performance.now() - start, code: Number(match[1]) })
    }
  })
  const timer = setTimeout(() => child.kill("SIGKILL"), limitMillis)
  await new Promise((resolve) => child.once("close", resolve))
  clearTimeout(timer)
  rmSync(home, { recursive: true, force: true, maxRetries: 3 })
  return steps.map(([args, expected], index) => {
    const [before, end] = [ends[index - 1], ends[index]]
    const shown = stripVTControlCharacters(output.slice(before?.at ?? 0, end?.at)).replace(/^@@ \d+\r?\n/, "")
    const code = end?.code ?? -1
    const millis = (end?.millis ?? performance.now() - start) - (before?.millis ?? 0)
    return { typed: `taskwright ${args}`, shown, code, millis, isRight: code === 0 && expected.test(shown) }
  })
}
