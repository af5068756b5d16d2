/** Locks between the processes of this machine. The operating system releases a lock when its process ends. */
import { mkdirSync } from "node:fs"
import { dirname } from "node:path"
import { Data, Effect, Schedule, type Scope } from "effect"
import { FileError } from "./FileErrors.ts"

/** The lock is taken, by another process or by another part of this one. */
export class FileLocked extends Data.TaggedError("FileLocked")<{ readonly path: string; readonly seconds: number }> {
  override get message(): string {
    return `Another taskwright command has held ${this.path} for ${this.seconds} seconds.`
  }
}

/** The default timeout of a lock, and the approximate interval between attempts. */
const defaultWaitSeconds = 60
const intervalMillis = 50

/** SQLite's code for a database that another connection has locked. */
const busyCode = 5
const isBusy = (error: unknown): boolean => error instanceof Error && "errcode" in error && error.errcode === busyCode

/**
 * Holds the lock file until the scope closes; fails at once with `FileLocked` if it is locked. The lock is the
 * operating system's lock on a file, taken through SQLite, which Node includes. It is released with the process,
 * however that ends. No other code in this process may open that file, because closing it would release the lock.
 */
export const tryLock = (path: string): Effect.Effect<void, FileLocked | FileError, Scope.Scope> =>
  Effect.asVoid(
    Effect.acquireRelease(
      Effect.tryPromise({
        try: async () => {
          const { DatabaseSync } = await import("node:sqlite")
          mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
          const database = new DatabaseSync(path, { timeout: 0 })
          try {
            database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE")
            return database
          } catch (error) {
            database.close()
            throw error
          }
        },
        catch: (cause) => (isBusy(cause) ? new FileLocked({ path, seconds: 0 }) : new FileError({ path, cause })),
      }),
      (database) => Effect.sync(() => database.close()),
    ),
  )

export interface LockOptions {
  /** The timeout in seconds; 60 by default. */
  readonly waitSeconds?: number
  /** Runs once before the first wait. */
  readonly onWait?: Effect.Effect<void>
}

/**
 * Holds the lock file until the scope closes. While it is locked, tries again about 20 times a second, in no order
 * among the waiting callers. Fails with `FileLocked` after `waitSeconds`. Interruptible while it waits.
 */
export const lockFile = (
  path: string,
  { onWait = Effect.void, waitSeconds = defaultWaitSeconds }: LockOptions = {},
): Effect.Effect<void, FileLocked | FileError, Scope.Scope> =>
  tryLock(path).pipe(
    Effect.catchTag("FileLocked", () =>
      Effect.andThen(
        onWait,
        Effect.retry(tryLock(path), {
          while: ({ _tag }) => _tag === "FileLocked",
          schedule: Schedule.jittered(Schedule.spaced(intervalMillis)),
          times: (waitSeconds * 1000) / intervalMillis,
        }),
      ),
    ),
    Effect.mapError((error) => (error._tag === "FileLocked" ? new FileLocked({ path, seconds: waitSeconds }) : error)),
  )
