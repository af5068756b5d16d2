import { mkdirSync } from "node:fs"
import { dirname } from "node:path"
import { Effect, Schedule, type Scope } from "effect"
import { Unreachable } from "./Refusals.ts"

/** How long another command may hold the lock before this one gives up, and how often it looks. */
const waitSeconds = 60
const pauseMillis = 50

/** SQLite's code for a database that another connection has locked. */
const busyCode = 5
const isBusy = (error: unknown): boolean => error instanceof Error && "errcode" in error && error.errcode === busyCode

/**
 * Holds the lock file until the scope closes, waiting for whoever holds it. The lock is the operating system's, taken
 * through SQLite: it goes with the process, however that ends, so none is ever left behind.
 */
export const lockFile = (path: string): Effect.Effect<void, Unreachable, Scope.Scope> =>
  Effect.gen(function* () {
    const { DatabaseSync } = yield* Effect.promise(() => import("node:sqlite"))
    const attempt = Effect.try({
      try: () => {
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
      catch: (error) => error,
    })
    yield* Effect.acquireRelease(
      Effect.retry(attempt, {
        while: isBusy,
        schedule: Schedule.spaced(pauseMillis),
        times: (waitSeconds * 1000) / pauseMillis,
      }),
      (database) => Effect.sync(() => database.close()),
    )
  }).pipe(
    Effect.mapError(
      (error) =>
        new Unreachable({
          message: isBusy(error)
            ? `Another taskwright command has held ${path} for ${waitSeconds} seconds.`
            : `${path} cannot be locked: ${error instanceof Error ? error.message : String(error)}`,
        }),
    ),
  )
