import { mkdirSync, readFileSync, realpathSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { Data, Effect, Layer, Schema } from "effect"
import { now } from "../../application/shared/Now.ts"

/** Who holds a data folder. */
const Holder = Schema.Struct({ pid: Schema.Int, since: Schema.String })
interface Holder extends Schema.Schema.Type<typeof Holder> {}

/** Another process works on the data folder; two at once would lose each other's writes. */
export class DataFolderInUse extends Data.TaggedError("DataFolderInUse")<{
  readonly folder: string
  /** Absent where the holder has not written its name yet. */
  readonly holder: Holder | undefined
}> {
  override get message(): string {
    const holder =
      this.holder === undefined ? "another process" : `process ${this.holder.pid} since ${this.holder.since}`
    return `The data folder ${this.folder} is in use by ${holder}.`
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

/** SQLite's code for a database that another connection has locked. */
const busyCode = 5

/**
 * Holds the data folder for this process alone until the scope closes; the folder is made where there is none. Gives
 * its real path.
 *
 * The lock is the operating system's on a file, taken through SQLite, which Node carries: it goes with the process,
 * however that ends, and names the file itself, whatever path leads to it. Nothing else may ever open that file in
 * this process, since closing it would give the lock up; so who holds it stands in a file beside it.
 */
export const lockDataFolder = (folder: string) =>
  Effect.acquireRelease(
    Effect.gen(function* () {
      const unusable = (cause: unknown) => new DataFolderUnusable({ folder, cause })
      const path = yield* Effect.try({ try: () => made(folder), catch: unusable })
      const lock = yield* Effect.try({
        try: () => openLocked(path),
        catch: (error) =>
          isBusy(error) ? new DataFolderInUse({ folder: path, holder: readHolder(path) }) : unusable(error),
      })
      const since = yield* now
      yield* Effect.sync(() => writeHolder(path, { pid: process.pid, since }))
      return { path, lock }
    }),
    ({ lock }) => Effect.sync(() => lock.close()),
  ).pipe(Effect.map(({ path }) => path))

/** The data folder, held for this process as long as the layer lives. */
export const layer = (folder: string): Layer.Layer<never, DataFolderInUse | DataFolderUnusable> =>
  Layer.effectDiscard(lockDataFolder(folder))

const made = (folder: string): string => {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return realpathSync(folder)
}

const openLocked = (path: string): DatabaseSync => {
  const database = new DatabaseSync(join(path, "lock.db"), { timeout: 0 })
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE")
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

const isBusy = (error: unknown): boolean => error instanceof Error && "errcode" in error && error.errcode === busyCode

const holderFile = (path: string) => join(path, "lock.json")

const writeHolder = (path: string, holder: Holder): void => {
  // Put in place as a whole, so that nobody reads half of it.
  const draft = join(path, `lock.${holder.pid}.json`)
  writeFileSync(draft, `${JSON.stringify(holder)}\n`)
  renameSync(draft, holderFile(path))
}

const readHolder = (path: string): Holder | undefined => {
  try {
    return Schema.decodeUnknownSync(Schema.fromJsonString(Holder))(readFileSync(holderFile(path), "utf8"))
  } catch {
    return undefined
  }
}
