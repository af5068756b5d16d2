/** Holds the data folder's lock to one process at a time. */
import { readdirSync, symlinkSync, writeFileSync } from "node:fs"
import { basename, join, relative } from "node:path"
import { expect, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Result } from "effect"
import { TestClock } from "effect/testing"
import { describe } from "vitest"
import { type Holder, type LockOptions, lockDataFolder } from "../../../adapters/postgres/embedded/DataFolderLock.ts"
import { startScript } from "../../support/ChildProcess.ts"
import { temporaryFolder } from "../../support/temporaryFolder.ts"

const lockOnce = (folder: string, onWait?: LockOptions["onWait"]) =>
  Effect.catchTag(
    Effect.scoped(lockDataFolder(folder, { purpose: "server", onWait })),
    "DataFolderUnusable",
    Effect.die,
  )

/**
 * Advances the given clock, a tenth of a second at a time, until the attempt ends. Returns its result and the
 * seconds.
 */
const waitedFor = Effect.fnUntraced(function* (folder: string, eachTenth: (tenth: number) => void = () => {}) {
  const attempt = yield* Effect.forkChild(Effect.result(lockOnce(folder)))
  for (let tenths = 0; ; tenths++) {
    const exit = attempt.pollUnsafe()
    if (exit !== undefined) return { result: yield* exit, seconds: tenths / 10 }
    eachTenth(tenths)
    yield* TestClock.adjust("100 millis")
    // The lock is a file, so an attempt takes real turns of the event loop.
    yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 2)))
  }
})

const name = (folder: string, holder: Holder) => writeFileSync(join(folder, "lock.json"), JSON.stringify(holder))

describe("lockDataFolder", () => {
  it.live("refuses a folder that another process has locked, by any path, and names the process", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const holder = yield* startScript("holdDataFolder.script.ts", folder)
      yield* holder.printed(1)
      const link = join(yield* temporaryFolder, "link")
      symlinkSync(folder, link)
      for (const path of [
        folder,
        `${folder}/`,
        relative(process.cwd(), folder),
        link,
        join(folder, "..", basename(folder)),
      ]) {
        const error = yield* Effect.flip(lockOnce(path))
        expect(error.holder?.pid).toBe(holder.pid)
        expect(error.message).toMatch(
          new RegExp(`^The data folder .* is in use by process ${holder.pid} since \\d{4}-.*Z, a server\\.$`),
        )
      }
      expect(holder.errors()).toBe("")
    }),
  )

  it.live("locks a folder after its holder was killed", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const first = yield* startScript("holdDataFolder.script.ts", folder)
      yield* first.printed(1)
      yield* first.kill
      const second = yield* startScript("holdDataFolder.script.ts", folder)
      yield* second.printed(1)
      expect(second.lines).toStrictEqual(["held"])
      expect((yield* Effect.flip(lockOnce(folder))).holder?.pid).toBe(second.pid)
      yield* second.kill
      yield* lockOnce(folder)
    }),
  )

  it.live("locks a folder for exactly one of eight concurrent processes", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const scripts = yield* Effect.forEach(Array.from({ length: 8 }), () =>
        startScript("holdDataFolder.script.ts", folder),
      )
      // The losers exit, which counts as printed too.
      const isOver = Effect.sync(() => scripts.filter(({ errors }) => errors() !== "").length === 7)
      yield* Effect.repeat(Effect.delay(isOver, "20 millis"), { until: (over) => over })
      const winner = scripts.find(({ errors }) => errors() === "")
      yield* winner?.printed(1) ?? Effect.void
      expect(scripts.flatMap(({ lines }) => lines)).toStrictEqual(["held"])
    }),
  )

  it.live("refuses a second lock by the same process, and unlocks when the first ends", () =>
    Effect.gen(function* () {
      const folder = join(yield* temporaryFolder, "not", "made", "yet")
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* lockDataFolder(folder, { purpose: "server" })
          expect((yield* Effect.flip(lockOnce(folder))).holder?.pid).toBe(process.pid)
          // The refused attempt has not released the first holder's lock.
          expect((yield* Effect.flip(lockOnce(folder))).holder?.pid).toBe(process.pid)
        }),
      )
      expect(basename(yield* lockOnce(folder))).toBe("yet")
    }),
  )

  it.live("waits for a command, and locks the folder when it ends in any way", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const holder = yield* startScript("holdDataFolder.script.ts", folder, "command")
      yield* holder.printed(1)
      const isWaiting = yield* Deferred.make<Holder | undefined>()
      const attempt = yield* Effect.forkChild(lockOnce(folder, (found) => Deferred.succeed(isWaiting, found)))
      expect(yield* Deferred.await(isWaiting)).toMatchObject({ pid: holder.pid, purpose: "command" })
      expect(attempt.pollUnsafe()).toBeUndefined()
      yield* holder.kill
      expect(basename(yield* Fiber.join(attempt))).toBe(basename(folder))
    }),
  )

  it.effect("fails after ten seconds of one command, and says that the holder is a command", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const holder = yield* startScript("holdDataFolder.script.ts", folder, "command")
      yield* holder.printed(1)
      const { result, seconds } = yield* waitedFor(folder)
      expect(seconds).toBeGreaterThanOrEqual(10)
      // The clock goes on while an attempt runs, which takes longer on a busy machine.
      expect(seconds).toBeLessThan(30)
      expect(Result.isFailure(result) ? result.failure.message : "").toMatch(
        new RegExp(`${holder.pid} .*, a command\\.$`),
      )
    }),
  )

  it.effect("waits longer while commands alternate, for a minute at most", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const holder = yield* startScript("holdDataFolder.script.ts", folder, "command")
      yield* holder.printed(1)
      const { result, seconds } = yield* waitedFor(folder, (tenth) => {
        if (tenth % 50 === 0) name(folder, { pid: 1_000 + tenth, since: "now", purpose: "command" })
      })
      expect(seconds).toBeGreaterThanOrEqual(60)
      expect(seconds).toBeLessThan(90)
      expect(Result.isFailure(result)).toBe(true)
    }),
  )

  it.effect("does not report a server that has just ended as the holder", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const holder = yield* startScript("holdDataFolder.script.ts", folder, "command")
      yield* holder.printed(1)
      name(folder, { pid: holder.pid, since: "before", purpose: "server" })
      const { seconds } = yield* waitedFor(folder, (tenth) => {
        if (tenth === 3) name(folder, { pid: holder.pid, since: "now", purpose: "command" })
      })
      expect(seconds).toBeGreaterThanOrEqual(10)
    }),
  )

  it.live("leaves no holder file behind", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      yield* lockOnce(folder)
      expect(readdirSync(folder)).not.toContain("lock.json")
    }),
  )

  it.live("reports why a folder cannot be used", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Effect.scoped(lockDataFolder("/dev/null/folder", { purpose: "server" })))
      expect(error._tag).toBe("DataFolderUnusable")
      expect(error.message).toMatch(
        /^The data folder \/dev\/null\/folder cannot be used: a part of the path is no folder \(ENOTDIR\)/,
      )
    }),
  )
})
