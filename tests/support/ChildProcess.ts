/** Runs a test's Node scripts as child processes that can be watched and killed. */
import { type ChildProcessByStdio, spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import type { Readable } from "node:stream"
import { fileURLToPath } from "node:url"
import { Effect } from "effect"

/** A process of Node that runs one of this folder's scripts. */
export interface Script {
  readonly pid: number
  /** The lines printed on standard output so far. */
  readonly lines: ReadonlyArray<string>
  /** The text printed on standard error so far. */
  readonly errors: () => string
  /** Waits until the process has printed that many lines, or has exited. */
  readonly printed: (count: number) => Effect.Effect<void>
  /** Kills the process as a power failure would (SIGKILL), and waits until it has exited. */
  readonly kill: Effect.Effect<void>
}

/** Starts the script with that file name beside this file. The scope kills it if it still runs. */
export const startScript = (name: string, ...parameters: ReadonlyArray<string>) =>
  Effect.acquireRelease(
    Effect.sync((): Script => {
      const path = fileURLToPath(new URL(name, import.meta.url))
      const child: ChildProcessByStdio<null, Readable, Readable> = spawn(process.execPath, [path, ...parameters], {
        stdio: ["ignore", "pipe", "pipe"],
      })
      const closed = once(child, "close")
      const lines: Array<string> = []
      let errors = ""
      const reader = createInterface(child.stdout)
      reader.on("line", (line) => lines.push(line))
      child.stderr.on("data", (chunk) => {
        errors += String(chunk)
      })
      return {
        pid: child.pid ?? 0,
        lines,
        errors: () => errors,
        printed: (count) =>
          Effect.callback((resume) => {
            const check = () => {
              if (lines.length < count && child.exitCode === null && child.signalCode === null) return
              reader.off("line", check)
              child.off("close", check)
              resume(Effect.void)
            }
            reader.on("line", check)
            child.on("close", check)
            check()
          }),
        kill: Effect.promise(async () => {
          child.kill("SIGKILL")
          await closed
        }),
      }
    }),
    (script) => script.kill,
  )
