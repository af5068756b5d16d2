// Locks between the processes of this machine, which the operating system frees when a process ends.

import { mkdirSync } from "node:fs"
import { dirname } from "node:path"
import { Data, Effect, Schedule, type Scope } from "effect"
import { FileUnusable } from "./FileUnusable.ts"

/** Another process, or another part of this one, holds the lock. */
export class FileLocked extends Data.TaggedError("FileLocked")<{ readonly path: string; readonly seconds: number }> {
  override get message(): string {
    return `Another taskwright command has held ${this.path} for ${this.seconds} seconds.`
  }
}

/** How long a lock is waited for by default, and about how often it is tried. */
const defaultWaitSeconds = 60
const intervalMillis = 50

/** SQLite's code for a database that another connection has locked. */
const busyCode = 5
const isBusy = (error: unknown): boolean => error instanceof Error && "errcode" in error && error.errcode === busyCode

/**
 * Holds the lock file until the scope closes; fails at once with `FileLocked` where it is held. The lock is the operating
 * system's on a file, taken through SQLite, which Node carries: it goes with the process, however that ends. Nothing else
 * may ever open that file in this process, since closing it would give the lock up.
 */
export const tryLock = (path: string): Effect.Effect<void, FileLocked | FileUnusable, Scope.Scope> =>
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
        catch: (cause) => (isBusy(cause) ? new FileLocked({ path, seconds: 0 }) : new FileUnusable({ path, cause })),
      }),
      (database) => Effect.sync(() => database.close()),
    ),
  )

export interface LockOptions {
  /** How long the lock is waited for, in seconds; 60 by default. */
  readonly waitSeconds?: number
  /** Runs once before the first wait. */
  readonly onWait?: Effect.Effect<void>
}

/**
 * Holds the lock file until the scope closes. Where it is held, tries again about 20 times a second, in no order among
 * the waiting, and fails with `FileLocked` after `waitSeconds`. Interruptible while it waits.
 */
export const lockFile = (
  path: string,
  { onWait = Effect.void, waitSeconds = defaultWaitSeconds }: LockOptions = {},
): Effect.Effect<void, FileLocked | FileUnusable, Scope.Scope> =>
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
