/** Lists the files that a command has written, for tests of the command. */
import { readdirSync } from "node:fs"
import { join } from "node:path"

/** Every file in the folder, with its subfolders. */
export const filesIn = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
  )
