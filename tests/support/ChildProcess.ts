import { type ChildProcessByStdio, spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import type { Readable } from "node:stream"
import { fileURLToPath } from "node:url"
import { Effect } from "effect"

/** A process of Node that runs one of this folder's scripts. */
export interface Script {
  readonly pid: number
  /** What it has printed on its standard output so far, line by line. */
  readonly lines: ReadonlyArray<string>
  /** What it has printed on its standard error so far. */
  readonly errors: () => string
  /** Waits until it has printed so many lines, or has ended. */
  readonly printed: (count: number) => Effect.Effect<void>
  /** Ends it as a power cut would end it (SIGKILL), and waits until it is gone. */
  readonly kill: Effect.Effect<void>
}

/** Starts the script of that file name beside this file. It is killed with the scope, if it still runs. */
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
