/** Holds atomic writes to a complete file or none, whatever the path is. */
import { execFileSync } from "node:child_process"
import {
  chmodSync,
  closeSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { readFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, it } from "@effect/vitest"
import { Effect, Exit, Fiber } from "effect"
import { describe } from "vitest"
import { openAtomic, writeAtomic } from "../../../adapters/filesystem/AtomicFile.ts"
import { notRunName } from "../../support/notRun.ts"
import { temporaryFolder } from "../../support/temporaryFolder.ts"

const replacing = { isReplacing: true }
const modeOf = (path: string) => statSync(path).mode & 0o777
const messageOf = (path: string, options = replacing) =>
  Effect.map(Effect.flip(writeAtomic(path, "new", options)), ({ message }) => message)

const mount = (folder: string) =>
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], { stdio: "ignore" })
const unmount = (folder: string) => execFileSync("umount", [folder])

/** Whether a small file system can be mounted in memory here, as root on Linux. */
const canMount = (): boolean => {
  const folder = mkdtempSync(join(tmpdir(), "taskwright-"))
  try {
    mount(folder)
    unmount(folder)
    return true
  } catch {
    return false
  } finally {
    rmdirSync(folder)
  }
}

describe("an atomic file", () => {
  it.live("is private, also if it replaces one that every user can read", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "file")
      yield* writeAtomic(path, "first")
      expect(modeOf(path)).toBe(0o600)
      chmodSync(path, 0o666)
      yield* writeAtomic(path, "second", replacing)
      expect(readFileSync(path, "utf8")).toBe("second")
      expect(modeOf(path)).toBe(0o600)
    }),
  )

  it.live("replaces nothing unless it is asked to, also what came while it was written", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const path = join(folder, "file")
      const error = yield* Effect.scoped(
        Effect.gen(function* () {
          const file = yield* openAtomic(path)
          yield* file.write("mine")
          writeFileSync(path, "theirs")
          return yield* Effect.flip(file.commit)
        }),
      )
      expect(error._tag).toBe("FileExists")
      expect((yield* Effect.flip(writeAtomic(path, "mine")))._tag).toBe("FileExists")
      expect(readFileSync(path, "utf8")).toBe("theirs")
      expect(readdirSync(folder)).toStrictEqual(["file"])
    }),
  )

  it.live("leaves the old content and no draft where it is not committed", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const path = join(folder, "file")
      writeFileSync(path, "old")
      for (const ending of [Effect.void, Effect.fail("broken"), Effect.interrupt]) {
        const write = Effect.flatMap(openAtomic(path, replacing), (file) => Effect.andThen(file.write("new"), ending))
        yield* Effect.exit(Effect.scoped(write))
        expect(readFileSync(path, "utf8")).toBe("old")
        expect(readdirSync(folder)).toStrictEqual(["file"])
      }
    }),
  )

  it.live("touches no file or link that lies where a draft could", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const path = join(folder, "file")
      writeFileSync(`${path}.part`, "precious")
      writeFileSync(join(folder, "elsewhere"), "precious")
      symlinkSync(join(folder, "elsewhere"), `${path}.tmp`)
      yield* writeAtomic(path, "new")
      expect(readFileSync(`${path}.part`, "utf8")).toBe("precious")
      expect(readFileSync(join(folder, "elsewhere"), "utf8")).toBe("precious")
    }),
  )

  it.live("replaces the file that links lead to, and keeps the links", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const [real, linkFolder] = [join(folder, "real"), join(folder, "links")]
      mkdirSync(real)
      symlinkSync("real", linkFolder)
      writeFileSync(join(real, "file"), "old")
      symlinkSync("file", join(real, "second"))
      symlinkSync(join("links", "second"), join(folder, "first"))
      expect((yield* Effect.flip(writeAtomic(join(folder, "first"), "new")))._tag).toBe("FileExists")
      yield* writeAtomic(join(folder, "first"), "new", replacing)
      expect(readFileSync(join(real, "file"), "utf8")).toBe("new")
      expect(readlinkSync(join(folder, "first"))).toBe(join("links", "second"))
      expect(readlinkSync(join(real, "second"))).toBe("file")
      // A link to a missing target.
      symlinkSync(join("..", "target"), join(real, "dangling"))
      expect((yield* Effect.flip(writeAtomic(join(real, "dangling"), "new")))._tag).toBe("FileExists")
      yield* writeAtomic(join(linkFolder, "dangling"), "made", replacing)
      expect(readFileSync(join(folder, "target"), "utf8")).toBe("made")
      expect(lstatSync(join(real, "dangling")).isSymbolicLink()).toBe(true)
      expect(readdirSync(real).sort()).toStrictEqual(["dangling", "file", "second"])
    }),
  )

  it.live("goes straight into a device, and stays one", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      symlinkSync("/dev/null", join(folder, "null"))
      yield* writeAtomic(join(folder, "null"), "new")
      yield* writeAtomic("/dev/null", "new", replacing)
      expect(statSync("/dev/null").isCharacterDevice()).toBe(true)
      expect(lstatSync(join(folder, "null")).isSymbolicLink()).toBe(true)
    }),
  )

  it.live("waits for the reader of a FIFO, and can be interrupted meanwhile", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "fifo")
      execFileSync("mkfifo", [path])
      // More than a pipe holds.
      const content = "x".repeat(300_000)
      const waiting = yield* Effect.forkChild(writeAtomic(path, "never"))
      yield* Effect.yieldNow
      yield* Fiber.interrupt(waiting)
      expect(Exit.hasInterrupts(yield* Fiber.await(waiting))).toBe(true)
      const writer = yield* Effect.forkChild(writeAtomic(path, content, replacing))
      const read = yield* Effect.promise(() => readFile(path, "utf8"))
      yield* Fiber.join(writer)
      expect(read === content).toBe(true)
      expect(statSync(path).isFIFO()).toBe(true)
    }),
  )

  it.live("appends to a descriptor that the process was given", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "file")
      writeFileSync(path, "before ")
      const descriptor = openSync(path, "a")
      yield* writeAtomic(`/dev/fd/${descriptor}`, "after")
      closeSync(descriptor)
      expect(readFileSync(path, "utf8")).toBe("before after")
    }),
  )

  it.live("takes a name of the longest length", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "x".repeat(255))
      yield* writeAtomic(path, "new")
      expect(readFileSync(path, "utf8")).toBe("new")
    }),
  )

  it.live("says in one line why it cannot be written", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      symlinkSync("b", join(folder, "a"))
      symlinkSync("a", join(folder, "b"))
      writeFileSync(join(folder, "file"), "")
      const reasons = {
        [folder]: "it is a folder (EISDIR)",
        [join(folder, "new/")]: "it is a folder (EISDIR)",
        [join(folder, "no", "where")]: "there is no such file or folder (ENOENT)",
        [join(folder, "file", "below")]: "a part of the path is no folder (ENOTDIR)",
        [join(folder, "a")]: "its links lead in a circle (ELOOP)",
        [join(folder, "x".repeat(300))]: "the name is too long (ENAMETOOLONG)",
        "/dev/full": "no space is left on the disk (ENOSPC)",
      }
      for (const [path, reason] of Object.entries(reasons)) {
        expect(yield* messageOf(path)).toBe(`${path} cannot be used: ${reason}`)
      }
      expect(readdirSync(folder).sort()).toStrictEqual(["a", "b", "file"])
    }),
  )

  const disks = "says in one line that the disk is full or read-only, and leaves no draft"
  if (!canMount()) it.skip(notRunName(disks, "it takes the right to mount a small file system"))
  else
    it.live(disks, () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        yield* Effect.acquireRelease(
          Effect.sync(() => mount(folder)),
          () => Effect.sync(() => unmount(folder)),
        )
        const path = join(folder, "file")
        writeFileSync(path, "old")
        const full = yield* Effect.flip(writeAtomic(path, "x".repeat(1_000_000), replacing))
        expect(full.message).toBe(`${path} cannot be used: no space is left on the disk (ENOSPC)`)
        execFileSync("mount", ["-o", "remount,ro", folder])
        expect(yield* messageOf(path)).toBe(`${path} cannot be used: the file system is read-only (EROFS)`)
        expect(readdirSync(folder)).toStrictEqual(["file"])
        expect(readFileSync(path, "utf8")).toBe("old")
      }),
    )
})
