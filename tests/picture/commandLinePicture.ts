/** Draws the README's picture of the command line from the command's real output. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Ended, type Environment, run, runInTerminal } from "../support/commandLine.ts"
import { prepareFolder } from "../support/preparedFolder.ts"
import { drawTerminal } from "./TerminalPicture.ts"

const columns = 90

/** The commands in the picture, each typed in a pseudo-terminal. */
const shown: ReadonlyArray<ReadonlyArray<string>> = [
  ["add", "Buy milk", "--due", "tomorrow 9:00", "--priority", "high", "--category", "home"],
  ["add", "Call Ada", "--due", "tomorrow 15:30"],
  ["add", "Water the plants", "--due", "+3d", "--category", "home"],
  ["list"],
  ["start", "1"],
  ["done", "3"],
  ["edit", "2", "--title", "Call Ada back"],
  ["list", "--all"],
]

const bold = (text: string): string => `\u001b[1m${text}\u001b[0m`
const prompt = "\u001b[2m$\u001b[0m "

/** The command as it is typed in a shell. */
const typed = (args: ReadonlyArray<string>): string =>
  args.map((argument) => (/^[\w+:./-]+$/.test(argument) ? argument : `"${argument}"`)).join(" ")

const succeeded = async (ended: Promise<Ended>): Promise<string> => {
  const { code, errors, output } = await ended
  if (code !== 0) throw new Error(`the command ended with ${code}: ${output}${errors}`)
  return output
}

/** Runs the real command on a temporary database, and draws the terminal's output. */
export const drawCommandLine = async (): Promise<string> => {
  const folder = mkdtempSync(join(tmpdir(), "taskwright-picture-"))
  const environment: Environment = {
    TASKWRIGHT_CONFIG_DIR: join(folder, "config"),
    DATA_DIR: join(folder, "data"),
    // Each command gets a pseudo-terminal of its own, but the picture shows one terminal.
    TASKWRIGHT_TERMINAL: "picture",
  }
  try {
    await prepareFolder(join(folder, "data"))
    const account = ["register", "ada@example.com", "--name", "Ada Lovelace", "--password-stdin"]
    await succeeded(run(account, environment, "Correct Horse 1\n"))
    await succeeded(run(["category", "add", "home"], environment))
    const lines: Array<string> = []
    for (const args of shown) {
      const output = await succeeded(runInTerminal(args, environment, [], columns))
      lines.push(`${prompt}${bold(`taskwright ${typed(args)}`)}`, ...output.trimEnd().split(/\r*\n/))
    }
    return drawTerminal(lines, {
      columns,
      title: "Taskwright's command line in a terminal",
      description:
        "Three tasks are added with due dates in words, listed with their numbers, and then started, done and renamed by these numbers; the last list shows it in colours.",
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
