/** Remembers in the data folder that a search for expired rows found none, so that commands do not search each time. */
import { statSync, writeFileSync } from "node:fs"
import { join } from "node:path"

const quietMillis = 60 * 60 * 1000

const fileIn = (folder: string): string => join(folder, "cleaned")

/** Returns whether the last search found nothing, less than an hour ago. */
export const isQuiet = (folder: string): boolean => {
  const found = statSync(fileIn(folder), { throwIfNoEntry: false })
  if (found === undefined) return false
  const age = Date.now() - found.mtimeMs
  // A clock that was set back makes the file one of the future.
  return age >= 0 && age < quietMillis
}

/** Records that a search found nothing now. */
export const markQuiet = (folder: string): void => writeFileSync(fileIn(folder), "", { mode: 0o600 })
