import { existsSync, mkdirSync } from "node:fs"
import { dirname } from "node:path"
import { Effect, Layer } from "effect"
import { DataFolderUnusable } from "../adapters/postgres/DataFolderLock.ts"
import type { Settings } from "./Config.ts"

/**
 * Makes the data folder before anything is kept in it, if the settings name one. Node's own recursion never ends where
 * the system says of a new folder that it does not exist, as below /proc.
 */
export const dataFolder = ({ dataDir }: Settings): Layer.Layer<never, DataFolderUnusable> =>
  dataDir === null
    ? Layer.empty
    : Layer.effectDiscard(
        Effect.try({
          try: () => make(dataDir),
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
