/** Runs the command in another Node, and ends as that process ends. */
import { spawn } from "node:child_process"

/** Signals that a terminal sends to every process in it. Passed on, they would arrive twice. */
const ofTerminals: ReadonlyArray<NodeJS.Signals> = ["SIGINT", "SIGHUP"]
const passedOn: ReadonlyArray<NodeJS.Signals> = ["SIGINT", "SIGHUP", "SIGTERM"]

/** Starts the program with the arguments on this process's input and output. Ends with its exit code or signal. */
export const runUnder = (node: string, args: ReadonlyArray<string>): void => {
  const isInTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY
  const child = spawn(node, args, { stdio: "inherit" })
  const handlers = passedOn.map((signal) => {
    const handler = (): void => {
      if (!(isInTerminal && ofTerminals.indexOf(signal) >= 0)) child.kill(signal)
    }
    process.on(signal, handler)
    return { signal, handler }
  })
  child.on("error", (error) => {
    process.stderr.write(`taskwright: ${node} cannot be started: ${error.message}\n`)
    process.exitCode = 6
  })
  child.on("exit", (code, signal) => {
    for (const { handler, signal } of handlers) process.removeListener(signal, handler)
    if (signal === null) process.exitCode = code === null ? 1 : code
    else process.kill(process.pid, signal)
  })
}
