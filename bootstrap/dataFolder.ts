import { accessSync, constants, existsSync, mkdirSync } from "node:fs"
import { dirname } from "node:path"
import { Effect, Layer } from "effect"
import { DataFolderUnusable } from "../adapters/postgres/embedded/DataFolderLock.ts"
import { Database, type Settings } from "./Settings.ts"

/**
 * Makes the data folder before anything is kept in it, if the settings name one; one that is there has to be writable
 * for an embedded database. Node's own recursion never ends where
 * the system says of a new folder that it does not exist, as below /proc.
 */
export const dataFolder = ({ dataDir, database }: Settings): Layer.Layer<never, DataFolderUnusable> =>
  dataDir === null
    ? Layer.empty
    : Layer.effectDiscard(
        Effect.try({
          try: () => {
            make(dataDir)
            if (Database.$is("Embedded")(database))
              accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK)
          },
          catch: (cause) => new DataFolderUnusable({ folder: dataDir, cause }),
        }),
      )

const make = (folder: string): void => {
  if (existsSync(folder)) return
  make(dirname(folder))
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    // Another process was first.
    if (!existsSync(folder)) throw error
  }
}
