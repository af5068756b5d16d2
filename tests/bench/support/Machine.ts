/** What a result depends on besides the code: the machine, its load, and the versions of the programs. */
import { spawnSync } from "node:child_process"
import { availableParallelism, cpus, loadavg, totalmem } from "node:os"

export interface Machine {
  readonly date: string
  readonly commit: string
  readonly processor: string
  readonly cores: number
  readonly memoryGibibytes: number
  /** The load of the last minute when the run began. */
  readonly load: number
  readonly node: string
  readonly postgres: string
  readonly redis: string
}

const firstLineOf = (command: string, ...args: ReadonlyArray<string>): string =>
  spawnSync(command, args, { encoding: "utf8" }).stdout?.split("\n")[0]?.trim() ?? ""

const versionIn = (text: string): string => /\d+(?:\.\d+)+/.exec(text)?.[0] ?? "unknown"

export const describeMachine = (): Machine => ({
  date: new Date().toISOString().slice(0, 10),
  commit: firstLineOf("git", "rev-parse", "--short", "HEAD"),
  processor: cpus()[0]?.model ?? "unknown",
  cores: availableParallelism(),
  memoryGibibytes: Math.round(totalmem() / 2 ** 30),
  load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
  node: versionIn(process.version),
  postgres: versionIn(firstLineOf("psql", "--version")),
  redis: versionIn(firstLineOf("redis-server", "--version")),
})
