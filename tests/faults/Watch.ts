/** Reads the log and the metrics of a server process. */
import type { ServerProcess } from "../support/serverProcess.ts"
import { call } from "./Caller.ts"

interface LogLine {
  readonly level: string
  readonly message: string
}

/** The log lines of the process so far. */
export const logLines = ({ output }: ServerProcess): ReadonlyArray<LogLine> =>
  output()
    .split("\n")
    .flatMap((line) => (line.startsWith("{") && line.endsWith("}") ? [readLine(line)] : []))

/** A message of several parts is logged as a list. */
const readLine = (line: string): LogLine => {
  const { level, message } = JSON.parse(line) as { readonly level: string; readonly message: unknown }
  return { level, message: String(message) }
}

/** The lines about the start and the end of outages of that dependency, as level and `away` or `back`. */
export const outageLines = (server: ServerProcess, dependency: string): ReadonlyArray<string> =>
  logLines(server).flatMap(({ level, message }) => {
    const found = new RegExp(`^${dependency} at \\S+ is (away|back)`).exec(message)
    return found === null ? [] : [`${level} ${found[1]}`]
  })

export const oneOutage = ["WARN away", "INFO back"]

/** The lines of level `ERROR`: none is expected of a fault outside of the process. */
export const errorLines = (server: ServerProcess): ReadonlyArray<LogLine> =>
  logLines(server).filter(({ level }) => level === "ERROR")

/** The messages since that line, without those of single requests and of outages, with their numbers. */
export const otherMessages = (server: ServerProcess, since: number): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {}
  for (const { message } of logLines(server).slice(since)) {
    if (!/^request| is (?:away|back) |^Connected to/.test(message)) counts[message] = (counts[message] ?? 0) + 1
  }
  return counts
}

/** A scrape of the metrics of one process. */
export interface Scrape {
  /** Returns the sum of all series of that name that have these labels. */
  readonly sum: (name: string, labels?: Readonly<Record<string, string>>) => number
}

export const scrape = async (url: string): Promise<Scrape> => {
  const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(60_000) })
  const lines = (await response.text()).split("\n")
  return {
    sum: (name, labels = {}) =>
      lines
        .filter(
          (line) =>
            /^[{ ]/.test(line.slice(name.length)) &&
            line.startsWith(name) &&
            Object.entries(labels).every(([label, value]) => line.includes(`${label}="${value}"`)),
        )
        .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(" ") + 1)), 0),
  }
}

/** Returns the metric of refused requests that no test of the suite may cause otherwise. */
export const refusedRequests = (metrics: Scrape): number =>
  metrics.sum("taskwright_http_requests_total", { status: "503" })
export const failedRequests = (metrics: Scrape): number =>
  metrics.sum("taskwright_http_requests_total", { status: "500" })

export const isReady = async (server: ServerProcess): Promise<boolean> =>
  (await call(server.url, "GET", "/health/ready")).status === 200
