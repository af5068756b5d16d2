// Locks a data folder for one process at a time, because two at once would overwrite each other's data.

import { mkdirSync, readFileSync, realpathSync, rmSync } from "node:fs"
import { join } from "node:path"
import { Clock, Data, Effect, Layer, Random, Result, Schema, type Scope } from "effect"
import { now } from "../../../application/shared/Now.ts"
import { writeAtomic } from "../../filesystem/AtomicFile.ts"
import { reasonOf } from "../../filesystem/FileErrors.ts"
import { tryLock } from "../../filesystem/FileLock.ts"

/** How a process uses the folder: a server holds it until it is stopped, a command for a moment. */
export type Purpose = "server" | "command"

/** The process that holds a data folder. Earlier versions wrote no purpose. */
const Holder = Schema.Struct({
  pid: Schema.Int,
  since: Schema.String,
  purpose: Schema.optionalKey(Schema.Literals(["server", "command"])),
})
export interface Holder extends Schema.Schema.Type<typeof Holder> {}

/** Another process holds the data folder. */
export class DataFolderInUse extends Data.TaggedError("DataFolderInUse")<{
  readonly folder: string
  /** Absent if the holder has not written its file yet. */
  readonly holder: Holder | undefined
}> {
  override get message(): string {
    if (this.holder === undefined) return `The data folder ${this.folder} is in use by another process.`
    const { pid, purpose, since } = this.holder
    const kind = purpose === undefined ? "" : `, a ${purpose}`
    return `The data folder ${this.folder} is in use by process ${pid} since ${since}${kind}.`
  }
}

/** The folder cannot be created or written: a path through a file, missing permission, a full disk. */
export class DataFolderUnusable extends Data.TaggedError("DataFolderUnusable")<{
  readonly folder: string
  readonly cause: unknown
}> {
  override get message(): string {
    return `The data folder ${this.folder} cannot be used: ${reasonOf(this.cause)}`
  }
}

/** How long one command may hold the folder before another process stops waiting for it. */
const commandWaitMillis = 10_000
/** The maximum wait in total, while commands with shorter turns follow each other. */
const totalWaitMillis = 60_000
/** From this age on, the holder file belongs to the current holder: a new holder replaces it within moments. */
const holderFileDelayMillis = 500
/** A wait shorter than this is not reported. */
const quietMillis = 1_000
/** The delay between two attempts; random, so that none of several waiting processes is always late. */
const [minPollMillis, maxPollMillis] = [30, 120]

export interface LockOptions {
  readonly purpose: Purpose
  /** Runs once if the wait for another command takes longer than a second. */
  readonly onWait?: ((holder: Holder | undefined) => Effect.Effect<void>) | undefined
}

/**
 * Holds the data folder for this process alone until the scope closes. Creates the folder if needed, and returns its
 * real path. If a command holds it, waits up to 10 seconds for each command and 60 in total. If a server holds it,
 * fails with `DataFolderInUse` after half a second.
 *
 * The lock belongs to the file itself, whatever path leads to it, and ends with the process, even after a crash
 * (`FileLock.ts`). A file beside it names the holder.
 */
export const lockDataFolder = (
  folder: string,
  options: LockOptions,
): Effect.Effect<string, DataFolderInUse | DataFolderUnusable, Scope.Scope> =>
  Effect.gen(function* () {
    const toUnusable = (cause: unknown) => new DataFolderUnusable({ folder, cause })
    const path = yield* Effect.try({ try: () => createFolder(folder), catch: toUnusable })
    yield* waitForLock(path, options).pipe(Effect.catchTag("FileError", ({ cause }) => Effect.fail(toUnusable(cause))))
    // Removed before the lock is released, so that the file never outlives an orderly end.
    yield* Effect.acquireRelease(
      writeHolder(path, { pid: process.pid, since: yield* now, purpose: options.purpose }).pipe(
        Effect.mapError(({ cause }) => toUnusable(cause)),
      ),
      () => Effect.sync(() => rmSync(holderFile(path), { force: true })),
    )
    return path
  })

/** Holds the data folder for this process as long as the layer lives. */
export const layer = (folder: string, options: LockOptions): Layer.Layer<never, DataFolderInUse | DataFolderUnusable> =>
  Layer.effectDiscard(lockDataFolder(folder, options))

const createFolder = (folder: string): string => {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return realpathSync(folder)
}

const waitForLock = Effect.fnUntraced(function* (path: string, { onWait }: LockOptions) {
  const start = yield* Clock.currentTimeMillis
  let lastHolder: Holder | undefined
  let lastHolderAt = start
  let isReported = false
  for (;;) {
    const attempt = yield* Effect.result(tryLock(join(path, "lock.db")))
    if (Result.isSuccess(attempt)) return
    if (attempt.failure._tag === "FileError") return yield* Effect.fail(attempt.failure)
    const time = yield* Clock.currentTimeMillis
    const holder = readHolder(path)
    if (holder?.pid !== lastHolder?.pid || holder?.since !== lastHolder?.since) lastHolderAt = time
    lastHolder = holder
    const isCommand = holder === undefined || holder.purpose === "command"
    if (
      time - lastHolderAt >= (isCommand ? commandWaitMillis : holderFileDelayMillis) ||
      time - start >= totalWaitMillis
    ) {
      return yield* Effect.fail(new DataFolderInUse({ folder: path, holder }))
    }
    if (isCommand && !isReported && time - start >= quietMillis) {
      isReported = true
      yield* onWait?.(holder) ?? Effect.void
    }
    yield* Effect.sleep(yield* Random.nextIntBetween(minPollMillis, maxPollMillis))
  }
})

const holderFile = (path: string) => join(path, "lock.json")

/** Written atomically, so that no process reads half of it. */
const writeHolder = (path: string, holder: Holder) =>
  writeAtomic(holderFile(path), `${JSON.stringify(holder)}\n`, { isReplacing: true }).pipe(
    Effect.catchTag("FileExists", Effect.die),
  )

const readHolder = (path: string): Holder | undefined => {
  try {
    return Schema.decodeUnknownSync(Schema.fromJsonString(Holder))(readFileSync(holderFile(path), "utf8"))
  } catch {
    return undefined
  }
}
