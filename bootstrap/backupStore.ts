/** Composes the store that a dump reads and a restore fills. It needs no keys, and runs no worker. */
import { existsSync } from "node:fs"
import { Effect, Layer } from "effect"
import { reportWait } from "../adapters/cli/CliEnvironment.ts"
import { hasDatabase } from "../adapters/postgres/embedded/DatabaseFolder.ts"
import { DataFolderUnusable } from "../adapters/postgres/embedded/DataFolderLock.ts"
import * as PostgresBackupStore from "../adapters/postgres/PostgresBackupStore.ts"
import { database } from "./ports.ts"
import { InvalidSetting } from "./settings/InvalidSetting.ts"
import { Database, type Settings } from "./settings/Settings.ts"

/**
 * Returns the store of the settings. A dump from a data folder without a database fails: a mistyped folder would
 * become an empty dump. So does a database in memory, which ends with the command.
 */
export const backupStore = (settings: Settings, command: "dump" | "restore") =>
  Effect.as(
    Database.$match(settings.database, {
      Server: (): Effect.Effect<void, DataFolderUnusable | InvalidSetting> => Effect.void,
      Embedded: ({ dataDir }) => (command === "dump" ? requireDatabase(dataDir) : Effect.void),
      Memory: () => {
        const message = `DATABASE_URL must not be memory: for taskwright ${command}, because such a database ends with the command`
        return Effect.fail(new InvalidSetting({ message }))
      },
    }),
    PostgresBackupStore.layer.pipe(
      Layer.provide(
        database(settings, {
          purpose: "command",
          onWait: (holder) => reportWait(holder === undefined ? "another process" : `process ${holder.pid}`),
        }),
      ),
    ),
  )

const requireDatabase = (folder: string) =>
  Effect.flatMap(
    Effect.try({
      try: () => existsSync(folder) && hasDatabase(folder),
      catch: (cause) => (cause instanceof DataFolderUnusable ? cause : new DataFolderUnusable({ folder, cause })),
    }),
    (isThere) =>
      isThere
        ? Effect.void
        : Effect.fail(new DataFolderUnusable({ folder, cause: new Error("there is no database in it") })),
  )
