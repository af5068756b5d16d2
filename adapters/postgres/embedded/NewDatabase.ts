/** The files of a new, empty database. PostgreSQL needs about four times the time and twice the memory to make them. */
import { Effect } from "effect"

/**
 * Returns the files as they are packed for this version of PGlite. Returns nothing if the package with them is not
 * installed, so that PGlite makes them itself.
 */
export const preparedFiles: Effect.Effect<Blob | undefined> = Effect.promise(() =>
  import("@electric-sql/pglite-prepopulatedfs").then(
    ({ dataDir }) => dataDir(),
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ERR_MODULE_NOT_FOUND") return undefined
      throw error
    },
  ),
)
