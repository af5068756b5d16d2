/** Runs the whole server as a child process on a free port. */
import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { childEnvironment } from "./childEnvironment.ts"
import { prepareFolder } from "./preparedFolder.ts"
import { programFile } from "./programs.ts"

const entry = programFile("server")
/** The entry point of a server that trusts access tokens for one second only without synchronizing revoked sessions. */
export const shortBoundEntry = fileURLToPath(new URL("./serveWithShortBound.script.ts", import.meta.url))

/** How long a server may take to print its address, on a machine that runs other tests beside it. */
const startMillis = 100_000

export interface ServerProcess {
  readonly url: string
  readonly child: ChildProcess
  /** Everything that the server has written, to both outputs. */
  readonly output: () => string
  /** Sends the signal and returns the exit code; null if the signal killed the process. */
  readonly end: (signal: NodeJS.Signals) => Promise<number | null>
}

const environment = (settings: Record<string, string>) => ({
  ...childEnvironment,
  SHUTDOWN_DELAY: "0 seconds",
  ...settings,
})

/** Runs the server as a child process on a free port, and waits until it prints its address. */
export const startServer = async (settings: Record<string, string>, script = entry): Promise<ServerProcess> => {
  const server = launch(settings, script)
  const url = await server.url
  if (url === null) throw new Error(`the server did not start: ${server.output()}`)
  return { ...server, url }
}

/** Makes a data folder with a new database. The caller removes it. */
export const newDataFolder = async (): Promise<string> => {
  const folder = mkdtempSync(join(tmpdir(), "taskwright-"))
  await prepareFolder(folder)
  return folder
}

/**
 * Runs the server as `startServer` does, on a new database. That starts in half the time of a database in memory,
 * which would be created and migrated first.
 */
export const startOnNewDatabase = async (settings: Record<string, string> = {}): Promise<ServerProcess> => {
  const DATA_DIR = await newDataFolder()
  const remove = () => rmSync(DATA_DIR, { recursive: true, force: true })
  try {
    const server = await startServer({ DATA_DIR, ...settings })
    server.child.once("exit", remove)
    return server
  } catch (failure) {
    remove()
    throw failure
  }
}

/** Runs a server that must refuse to start. Returns its exit code and its output. */
export const refusedStart = async (settings: Record<string, string>) => {
  const server = launch(settings)
  const code = await server.exit
  return { code, output: server.output() }
}

const launch = (settings: Record<string, string>, script = entry) => {
  const child = spawn(process.execPath, [script], { env: environment({ PORT: "0", ...settings }) })
  let written = ""
  const exit = new Promise<number | null>((resolve) => child.once("exit", resolve))
  const url = new Promise<string | null>((resolve) => {
    const timer = setTimeout(() => {
      child.kill("SIGKILL")
      resolve(null)
    }, startMillis)
    const listen = (chunk: string) => {
      written += chunk
      const found = /serves (http:\/\/[^/"]+)\/api\/v1/.exec(written)?.[1]
      if (found !== undefined) {
        clearTimeout(timer)
        resolve(found)
      }
    }
    child.stdout.setEncoding("utf8").on("data", listen)
    child.stderr.setEncoding("utf8").on("data", listen)
    exit.then(() => {
      clearTimeout(timer)
      resolve(null)
    })
  })
  return {
    child,
    url,
    exit,
    output: () => written,
    end: (signal: NodeJS.Signals) => {
      child.kill(signal)
      return exit
    },
  }
}
