/** Runs the real command as a child process, in pipes or in a pseudo-terminal. */
import { type ChildProcess, spawn } from "node:child_process"
import { childEnvironment } from "./childEnvironment.ts"
import { programFile } from "./programs.ts"
import { quoted, scriptArguments } from "./pseudoTerminal.ts"

const entry = programFile("cli")

/** The time limit of one command, on a machine that runs other tests beside it. */
const commandMillis = 200_000

export type Environment = Readonly<Record<string, string>>

export interface Ended {
  readonly code: number | null
  readonly output: string
  readonly errors: string
}

const environmentOf = (environment: Environment) => ({
  ...childEnvironment,
  TZ: "Europe/Berlin",
  TERM: "xterm",
  ...environment,
})

const watch = (child: ChildProcess, input: string | null) =>
  new Promise<Ended>((resolve) => {
    let output = ""
    let errors = ""
    const timer = setTimeout(() => child.kill("SIGKILL"), commandMillis)
    // A character of several bytes may arrive in two chunks.
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk
    })
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      errors += chunk
    })
    if (input !== null) child.stdin?.end(input)
    child.once("close", (code) => {
      clearTimeout(timer)
      resolve({ code, output, errors })
    })
  })

/** Starts the command with its outputs in pipes. If the input is null, it stays open. */
export const start = (args: ReadonlyArray<string>, environment: Environment, input: string | null = "") => {
  const child = spawn(process.execPath, [entry, ...args], { env: environmentOf(environment) })
  return { child, ended: watch(child, input) }
}

/** Runs the command with its outputs in pipes. */
export const run = (args: ReadonlyArray<string>, environment: Environment, input = ""): Promise<Ended> =>
  start(args, environment, input).ended

/** Runs a shell script in a session without a terminal. `$0` and `$1` are the command. */
export const runScript = (script: string, environment: Environment): Promise<Ended> => {
  const child = spawn("sh", ["-c", script, process.execPath, entry], {
    env: environmentOf(environment),
    detached: true,
  })
  return watch(child, "")
}

/** Input to type once the terminal shows the text. */
export interface Typed {
  readonly after: string
  readonly type: string
}

/** Runs the command in a pseudo-terminal of that width. `output` is everything that the terminal shows. */
export const runInTerminal = (
  args: ReadonlyArray<string>,
  environment: Environment,
  dialogue: ReadonlyArray<Typed> = [],
  columns = 80,
): Promise<Ended> =>
  inTerminal(`exec ${[process.execPath, entry, ...args].map(quoted).join(" ")}`, environment, dialogue, columns)

/** Runs the shell commands one after the other in one pseudo-terminal. `taskwright` is the command. */
export const runShellInTerminal = (commands: ReadonlyArray<string>, environment: Environment): Promise<Ended> =>
  inTerminal(
    [`taskwright() { ${quoted(process.execPath)} ${quoted(entry)} "$@"; }`, ...commands].join("\n"),
    environment,
    [],
    80,
  )

const inTerminal = (
  script: string,
  environment: Environment,
  dialogue: ReadonlyArray<Typed>,
  columns: number,
): Promise<Ended> => {
  const child = spawn("script", scriptArguments(`stty cols ${columns} rows 24; ${script}`), {
    env: environmentOf(environment),
  })
  let shown = ""
  let next = 0
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    shown += chunk
    const step = dialogue[next]
    if (step === undefined || !shown.includes(step.after)) return
    next++
    shown = ""
    child.stdin.write(step.type)
  })
  return watch(child, null).then((ended) => {
    child.stdin.end()
    return ended
  })
}
