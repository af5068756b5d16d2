/** Starts the servers under test and measures their processor time and memory. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { createServer } from "node:net"
import { setTimeout } from "node:timers/promises"
import { childEnvironment } from "../../support/childEnvironment.ts"

/** How long a server may take until it is ready. */
const startMillis = 120_000
/** The time limit of one readiness check. */
const lookMillis = 5_000
/** The unit of processor times in Linux's `/proc`: hundredths of a second. */
const millisPerTick = 10

export interface ServerProcess {
  readonly url: URL
  /** The processor time used so far, in milliseconds; NaN without `/proc`. */
  readonly cpuMillis: () => number
  /** The resident memory, in MiB; NaN without `/proc`. */
  readonly residentMebibytes: () => number
  readonly stop: () => Promise<void>
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  server.close()
  await once(server, "close")
  if (address === null || typeof address === "string") throw new Error("there is no free port")
  return address.port
}

/** Starts a server as a child process, discards its log, and waits until it is ready. */
export const startServer = async (
  command: ReadonlyArray<string>,
  environment: Readonly<Record<string, string>>,
  readyPath: string,
): Promise<ServerProcess> => {
  const port = await freePort()
  const child = spawn(process.execPath, command, {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...childEnvironment, HOST: "127.0.0.1", PORT: String(port), ...environment },
  })
  const url = new URL(`http://127.0.0.1:${port}`)
  await awaitReady(child, new URL(readyPath, url))
  return {
    url,
    cpuMillis: () => cpuMillisOf(child.pid),
    residentMebibytes: () => residentMebibytesOf(child.pid),
    stop: async () => {
      if (child.exitCode !== null) return
      child.kill("SIGTERM")
      await once(child, "exit")
    },
  }
}

const awaitReady = async (child: ChildProcess, url: URL): Promise<void> => {
  const deadline = performance.now() + startMillis
  while (performance.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`)
    const isReady = await fetch(url, { signal: AbortSignal.timeout(lookMillis) }).then(
      (response) => response.ok,
      () => false,
    )
    if (isReady) return
    await setTimeout(50)
  }
  child.kill("SIGKILL")
  throw new Error(`the server was not ready within ${startMillis} ms`)
}

const readProcess = (pid: number | undefined, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8")
  } catch {
    return ""
  }
}

const cpuMillisOf = (pid: number | undefined): number => {
  // The command's name is in brackets and may contain spaces. User and system time are the 12th and 13th field
  // after it.
  const fields = readProcess(pid, "stat").split(") ").at(-1)?.split(" ") ?? []
  return (Number(fields[11]) + Number(fields[12])) * millisPerTick
}

const residentMebibytesOf = (pid: number | undefined): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readProcess(pid, "status"))?.[1]) / 1024
