import { symlinkSync } from "node:fs"
import { basename, join, relative } from "node:path"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { describe } from "vitest"
import { lockDataFolder } from "../../../adapters/postgres/DataFolderLock.ts"
import { startScript } from "../../support/ChildProcess.ts"
import { temporaryFolder } from "../../support/temporaryFolder.ts"

const lockOnce = (folder: string) =>
  Effect.catchTag(Effect.scoped(lockDataFolder(folder)), "DataFolderUnusable", Effect.die)

describe("lockDataFolder", () => {
  it.live("refuses a folder that another process holds, by whatever path, and says which process", () =>
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
        assert.strictEqual(error.holder?.pid, holder.pid)
        assert.match(
          error.message,
          new RegExp(`^The data folder .* is in use by process ${holder.pid} since \\d{4}-.*Z\\.$`),
        )
      }
      assert.strictEqual(holder.errors(), "")
    }),
  )

  it.live("gives a folder whose holder was killed to the next one", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const first = yield* startScript("holdDataFolder.script.ts", folder)
      yield* first.printed(1)
      yield* first.kill
      const second = yield* startScript("holdDataFolder.script.ts", folder)
      yield* second.printed(1)
      assert.deepStrictEqual(second.lines, ["held"])
      assert.strictEqual((yield* Effect.flip(lockOnce(folder))).holder?.pid, second.pid)
      yield* second.kill
      yield* lockOnce(folder)
    }),
  )

  it.live("lets exactly one of eight processes at once have the folder", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const scripts = yield* Effect.forEach(Array.from({ length: 8 }), () =>
        startScript("holdDataFolder.script.ts", folder),
      )
      // The losers end, which counts as printed too.
      const isOver = Effect.sync(() => scripts.filter(({ errors }) => errors() !== "").length === 7)
      yield* Effect.repeat(Effect.delay(isOver, "20 millis"), { until: (over) => over })
      const winner = scripts.find(({ errors }) => errors() === "")
      yield* winner?.printed(1) ?? Effect.void
      assert.deepStrictEqual(
        scripts.flatMap(({ lines }) => lines),
        ["held"],
      )
    }),
  )

  it.live("refuses the same process a second time, and is free when the first use ends", () =>
    Effect.gen(function* () {
      const folder = join(yield* temporaryFolder, "not", "made", "yet")
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* lockDataFolder(folder)
          assert.strictEqual((yield* Effect.flip(lockOnce(folder))).holder?.pid, process.pid)
          // The refused attempt has not given the lock up for the first.
          assert.strictEqual((yield* Effect.flip(lockOnce(folder))).holder?.pid, process.pid)
        }),
      )
      assert.strictEqual(basename(yield* lockOnce(folder)), "yet")
    }),
  )

  it.live("says of a folder that cannot be one why not", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Effect.scoped(lockDataFolder("/dev/null/folder")))
      assert.strictEqual(error._tag, "DataFolderUnusable")
      assert.match(error.message, /^The data folder \/dev\/null\/folder cannot be used: ENOTDIR/)
    }),
  )
})
