/** The log of the process, and its format. */
import { Cause, Layer, Logger, References } from "effect"
import type { LogLevel } from "effect/LogLevel"
import { terminalLog } from "./TerminalLog.ts"

/**
 * Writes one JSON object a line on standard output: time, level and message first, then the line's annotations.
 *
 * Lines of one turn of the event loop are written together. Single writes would cost a busy server more than anything
 * else it does. A `kill -9` can lose the lines of the current turn.
 */
const jsonLines = (worker: number | undefined) =>
  Logger.make<unknown, void>(({ cause, date, fiber, logLevel, message }) => {
    const line: Record<string, unknown> = {
      timestamp: date.toISOString(),
      level: logLevel.toUpperCase(),
      message: textOf(message),
      ...fiber.getRef(References.CurrentLogAnnotations),
    }
    if (worker !== undefined) line["worker"] = worker
    if (cause.reasons.length > 0) line["cause"] = Cause.pretty(cause)
    write(`${JSON.stringify(line)}\n`)
  })

const textOf = (message: unknown): unknown => (Array.isArray(message) && message.length === 1 ? message[0] : message)

let pending = ""

const flush = (): void => {
  const lines = pending
  pending = ""
  if (lines !== "") process.stdout.write(lines)
}

/** The largest write that systems keep whole, while several processes write to one pipe that is full. */
const wholeWriteBytes = 4_096

let maximumBytes = Number.POSITIVE_INFINITY

const write = (line: string): void => {
  if (pending === "") setImmediate(flush)
  else if (pending.length + Buffer.byteLength(line) > maximumBytes) flush()
  pending += line
}

process.on("exit", flush)

export interface LogSettings {
  readonly logFormat: "json" | "pretty"
  /** The minimum level that is written. */
  readonly logLevel: LogLevel
}

/**
 * The log of the process: JSON lines on standard output, or readable text if that is a terminal. If several processes
 * write to one output, `worker` is the number of this one, which each line has.
 */
export const layer = (settings: LogSettings, worker?: number) => {
  if (worker !== undefined) maximumBytes = wholeWriteBytes
  return Layer.mergeAll(
    Logger.layer([settings.logFormat === "json" ? jsonLines(worker) : terminalLog(write, worker)]),
    Layer.succeed(References.MinimumLogLevel, settings.logLevel),
    // Only a sampled request creates spans, and enables the tracer for itself.
    Layer.succeed(References.TracerEnabled, false),
  )
}
