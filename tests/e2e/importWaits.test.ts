/** Holds an import to a message and to Ctrl-C while it waits for a lock or for input. */
import { execFileSync } from "node:child_process"
import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from "node:fs"
import { writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, Exit, Scope } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { tryLock } from "../../adapters/filesystem/FileLock.ts"
import { exportOf } from "../adapters/cli/Exports.ts"
import { filesIn } from "../adapters/cli/Files.ts"
import { run, start } from "../support/commandLine.ts"
import { prepareFolder } from "../support/preparedFolder.ts"

const folder = mkdtempSync(join(tmpdir(), "taskwright-waits-"))
const environment = { TASKWRIGHT_CONFIG_DIR: join(folder, "config"), DATA_DIR: join(folder, "data") }
const file = join(folder, "in.jsonl")
const words = "Another import into this account is at work; waiting for it. Ctrl-C stops.\n"

/** Starts an import, and calls `then` as soon as it prints to standard error. */
const importUntilItSpeaks = async (then: (signal: (name: NodeJS.Signals) => void) => Promise<void> | void) => {
  const { child, ended } = start(["import", file], environment)
  child.stderr.once("data", () => void then((name) => child.kill(name)))
  return ended
}

beforeAll(async () => {
  await prepareFolder(environment.DATA_DIR)
  writeFileSync(file, exportOf(2))
  const args = ["register", "ada@example.com", "--name", "Ada", "--password-stdin"]
  expect((await run(args, environment, "Correct Horse 1\n")).code).toBe(0)
  expect((await run(["import", file], environment)).code).toBe(0)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe("an import while another import holds the lock", () => {
  /** Holds the lock of the account's imports until the work ends, or releases it before. */
  const whileLocked = async (work: (free: () => Promise<void>) => Promise<void>) => {
    const scope = Scope.makeUnsafe()
    const free = () => Effect.runPromise(Scope.close(scope, Exit.void))
    const lock = filesIn(environment.TASKWRIGHT_CONFIG_DIR).find((path) => /imports.*\.lock$/.test(path)) ?? ""
    await Effect.runPromise(Scope.provide(tryLock(lock), scope))
    await work(free).finally(free)
  }

  it("reports the wait at once, and continues after it", () =>
    whileLocked(async (free) => {
      const { code, errors, output } = await importUntilItSpeaks(free)
      expect(errors).toBe(words)
      expect(code).toBe(0)
      expect(output).toContain("2 were here already")
    }))

  it("is stopped by Ctrl-C while it waits", () =>
    whileLocked(async () => {
      const { code, errors } = await importUntilItSpeaks((signal) => signal("SIGINT"))
      expect(errors).toBe(words)
      expect(code).toBe(130)
    }))
})

/** Whether the process has such a file open. An import opens its journal before its input. */
const hasOpen = (pid: number | undefined, name: RegExp): boolean => {
  // On other systems than Linux, checks for an event shortly before.
  if (process.platform !== "linux") return existsSync(join(environment.DATA_DIR, "lock.json"))
  const descriptors = `/proc/${pid}/fd`
  return readdirSync(descriptors).some((descriptor) => {
    try {
      return name.test(readlinkSync(join(descriptors, descriptor)))
    } catch {
      // The file was closed meanwhile.
      return false
    }
  })
}

const fifo = join(folder, "fifo")

it.each(["-", fifo])("an import that reads an input without an end, %s, is stopped by Ctrl-C", async (input) => {
  if (input === fifo) execFileSync("mkfifo", [fifo])
  const { child, ended } = start(["import", input], environment, null)
  while (!hasOpen(child.pid, input === fifo ? /fifo$/ : /\.jsonl$/)) await new Promise((next) => setTimeout(next, 20))
  child.kill("SIGINT")
  expect((await ended).code).toBe(130)
})

it("an import reads a FIFO to its end", async () => {
  const importing = run(["import", fifo, "--again"], environment)
  await writeFile(fifo, exportOf(300))
  const { code, output } = await importing
  expect(code).toBe(0)
  expect(output).toContain("Imported 300 tasks")
})
