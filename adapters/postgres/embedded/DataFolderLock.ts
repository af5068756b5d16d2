// Gives a data folder to one process at a time: two at once would lose each other's writes.

import { mkdirSync, readFileSync, realpathSync, rmSync } from "node:fs"
import { join } from "node:path"
import { Clock, Data, Effect, Layer, Random, Result, Schema, type Scope } from "effect"
import { now } from "../../../application/shared/Now.ts"
import { writeAtomic } from "../../filesystem/AtomicFile.ts"
import { tryLock } from "../../filesystem/FileLock.ts"

/** What a process uses the folder for: a server holds it until it is stopped, a command for a moment. */
export type Purpose = "server" | "command"

/** The process that holds a data folder. Versions before this one wrote no purpose. */
const Holder = Schema.Struct({
  pid: Schema.Int,
  since: Schema.String,
  purpose: Schema.optionalKey(Schema.Literals(["server", "command"])),
})
export interface Holder extends Schema.Schema.Type<typeof Holder> {}

/** Another process holds the data folder. */
export class DataFolderInUse extends Data.TaggedError("DataFolderInUse")<{
  readonly folder: string
  /** Absent if the holder has not written its name yet. */
  readonly holder: Holder | undefined
}> {
  override get message(): string {
    if (this.holder === undefined) return `The data folder ${this.folder} is in use by another process.`
    const { pid, purpose, since } = this.holder
    const kind = purpose === undefined ? "" : `, a ${purpose}`
    return `The data folder ${this.folder} is in use by process ${pid} since ${since}${kind}.`
  }
}

/** The folder cannot be made or written: a path through a file, no right to it, a disk that is full. */
export class DataFolderUnusable extends Data.TaggedError("DataFolderUnusable")<{
  readonly folder: string
  readonly cause: unknown
}> {
  override get message(): string {
    return `The data folder ${this.folder} cannot be used: ${this.cause instanceof Error ? this.cause.message : this.cause}`
  }
}

/** How long one command may hold the folder before another process gives up waiting for it. */
const commandWaitMillis = 10_000
/** How long is waited in all, while commands take turns that are shorter. */
const totalWaitMillis = 60_000
/** A name this old is the holder's own: a new holder replaces the name of the one before within moments. */
const nameSettledMillis = 500
/** A wait shorter than this is not reported. */
const quietMillis = 1_000
/** Between two attempts; random, so that none of several waiting processes is always late. */
const [minPauseMillis, maxPauseMillis] = [30, 120]

export interface LockOptions {
  readonly purpose: Purpose
  /** Runs once if the wait for another command takes longer than a second. */
  readonly onWait?: ((holder: Holder | undefined) => Effect.Effect<void>) | undefined
}

/**
 * Holds the data folder for this process alone until the scope closes; the folder is made if there is none. Gives its
 * real path. A folder that a command holds is waited for, up to 10 seconds for each command and 60 in all; one that a
 * server holds fails with `DataFolderInUse` after half a second.
 *
 * The lock names the file itself, whatever path leads to it, and goes with the process, however that ends
 * (`FileLock.ts`). The name of the holder stands in a file beside it.
 */
export const lockDataFolder = (
  folder: string,
  options: LockOptions,
): Effect.Effect<string, DataFolderInUse | DataFolderUnusable, Scope.Scope> =>
  Effect.gen(function* () {
    const unusable = (cause: unknown) => new DataFolderUnusable({ folder, cause })
    const path = yield* Effect.try({ try: () => made(folder), catch: unusable })
    yield* waitForLock(path, options).pipe(Effect.catchTag("FileUnusable", ({ cause }) => Effect.fail(unusable(cause))))
    // Removed before the lock is freed, so that a name never outlives an orderly end.
    yield* Effect.acquireRelease(
      writeHolder(path, { pid: process.pid, since: yield* now, purpose: options.purpose }).pipe(
        Effect.mapError(({ cause }) => unusable(cause)),
      ),
      () => Effect.sync(() => rmSync(holderFile(path), { force: true })),
    )
    return path
  })

/** The data folder, held for this process as long as the layer lives. */
export const layer = (folder: string, options: LockOptions): Layer.Layer<never, DataFolderInUse | DataFolderUnusable> =>
  Layer.effectDiscard(lockDataFolder(folder, options))

const made = (folder: string): string => {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return realpathSync(folder)
}

const waitForLock = Effect.fnUntraced(function* (path: string, { onWait }: LockOptions) {
  const start = yield* Clock.currentTimeMillis
  let seen: Holder | undefined
  let seenAt = start
  let isReported = false
  for (;;) {
    const attempt = yield* Effect.result(tryLock(join(path, "lock.db")))
    if (Result.isSuccess(attempt)) return
    if (attempt.failure._tag === "FileUnusable") return yield* Effect.fail(attempt.failure)
    const time = yield* Clock.currentTimeMillis
    const holder = readHolder(path)
    if (holder?.pid !== seen?.pid || holder?.since !== seen?.since) seenAt = time
    seen = holder
    const isCommand = holder === undefined || holder.purpose === "command"
    if (time - seenAt >= (isCommand ? commandWaitMillis : nameSettledMillis) || time - start >= totalWaitMillis) {
      return yield* Effect.fail(new DataFolderInUse({ folder: path, holder }))
    }
    if (isCommand && !isReported && time - start >= quietMillis) {
      isReported = true
      yield* onWait?.(holder) ?? Effect.void
    }
    yield* Effect.sleep(yield* Random.nextIntBetween(minPauseMillis, maxPauseMillis))
  }
})

const holderFile = (path: string) => join(path, "lock.json")

/** Written as a whole, so that no process reads half of it. */
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
