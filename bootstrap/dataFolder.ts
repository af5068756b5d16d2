/** Prepares the data folder. */
import { accessSync, constants, existsSync, mkdirSync } from "node:fs"
import { dirname } from "node:path"
import { Effect, Layer } from "effect"
import { DataFolderUnusable } from "../adapters/postgres/embedded/DataFolderLock.ts"
import { Database, type Settings } from "./settings/Settings.ts"

/**
 * Creates the data folder before any file is written to it, if the settings name one. An existing folder MUST be
 * writable for an embedded database. Node's own recursion never ends if the system reports that a new folder does not
 * exist, for example below /proc.
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
