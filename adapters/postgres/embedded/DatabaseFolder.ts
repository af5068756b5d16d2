/**
 * Manages the embedded database's folder `database` in the data folder. The file `database.json` beside it records that
 * one was created. A new database is created only if there never was one.
 */
import {
  accessSync,
  constants,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs"
import { join } from "node:path"
import { DataFolderUnusable } from "./DataFolderLock.ts"

/** The PostgreSQL version of PGlite: it reads no other version's files. */
const postgresVersion = "18"

/** Without any one of these nothing can be read, and PGlite would create a new database over the rest. */
const essential = ["PG_VERSION", "base", "global", "global/pg_control", "pg_wal", "pg_xact"]

/** Matches the service's own files in the data folder, files that systems put into any folder, and hidden files. */
const isHarmless = (name: string): boolean =>
  /^(?:\..*|lost\+found|cleaned|database\.new|lock\.db(?:-\w+)?|lock(?:\.\d+)?\.json|mail|jwt-private-key\.pem(?:\.\w+)?)$/.test(
    name,
  )

export const databaseIn = (folder: string): string => join(folder, "database")
const markerIn = (folder: string): string => join(folder, "database.json")

/**
 * Returns whether the data folder has a database: `false` if one may be created. Fails if an existing one is missing or
 * broken, if it has another PostgreSQL version, or if its files are not readable and writable.
 */
export const hasDatabase = (folder: string): boolean => {
  const database = databaseIn(folder)
  const isThere = existsSync(database) && readdirSync(database).length > 0
  if (!isThere) {
    if (existsSync(markerIn(folder)))
      throw unusableError(folder, `its database is gone: there is no ${database}/PG_VERSION`)
    const foreign = readdirSync(folder).find((name) => !isHarmless(name) && name !== "database")
    if (foreign === undefined) return false
    throw unusableError(folder, `there is no ${database}/PG_VERSION, but other files, such as ${foreign}`)
  }
  for (const name of essential) {
    const path = join(database, name)
    if (!existsSync(path)) throw unusableError(folder, `its database is not whole: there is no ${path}`)
    accessSync(path, constants.R_OK | constants.W_OK)
  }
  const version = readFileSync(join(database, "PG_VERSION"), "utf8").trim()
  if (version === postgresVersion) return true
  if (version === "") throw unusableError(folder, `its database is not whole: ${database}/PG_VERSION is empty`)
  throw new DataFolderUnusable({
    folder,
    cause: new Error(
      `its database is one of PostgreSQL ${version.slice(0, 20)}, and this Taskwright reads those of PostgreSQL ${postgresVersion} alone`,
    ),
  })
}

/** Moves a complete new database into its place. */
export const install = (folder: string, draft: string): void => renameSync(draft, databaseIn(folder))

/** Records that there is a database, for a later start that does not find it. */
export const mark = (folder: string): void => {
  if (existsSync(markerIn(folder))) return
  writeFileSync(markerIn(folder), `${JSON.stringify({ postgresql: postgresVersion })}\n`, { mode: 0o600 })
}

/** Returns a function that tells whether the current database is still in its place: its files are opened on demand. */
export const watch = (folder: string): (() => boolean) => {
  const path = join(databaseIn(folder), "PG_VERSION")
  const { dev, ino } = statSync(path)
  return () => {
    const found = statSync(path, { throwIfNoEntry: false })
    return found !== undefined && found.ino === ino && found.dev === dev
  }
}

const unusableError = (folder: string, what: string): DataFolderUnusable =>
  new DataFolderUnusable({
    folder,
    cause: new Error(`${what}. Put a backup there, or choose another DATA_DIR; a new database is made in an empty one`),
  })
