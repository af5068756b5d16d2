/** Lets V8 store compiled modules, so that the next start does not compile them again. */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs"
import * as nodeModule from "node:module"
import { homedir } from "node:os"
import { isAbsolute, join } from "node:path"

const cacheDirectory = (): string => {
  const { LOCALAPPDATA, XDG_CACHE_HOME = "" } = process.env
  if (process.platform === "win32") {
    return join(LOCALAPPDATA || join(homedir(), "AppData", "Local"), "taskwright", "cache")
  }
  // A relative path would lead into the current directory, which may belong to another user.
  return join(isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(homedir(), ".cache"), "taskwright")
}

/** Makes the folder for this version, and removes those of others, so that updates do not fill the disk. */
const folderFor = (version: string): string => {
  const parent = cacheDirectory()
  const name = `modules-${version}`
  const folder = join(parent, name)
  if (mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined) {
    for (const other of readdirSync(parent)) {
      if (other !== name && other.startsWith("modules-")) rmSync(join(parent, other), { recursive: true, force: true })
    }
  }
  return folder
}

/** Returns whether this user alone can write there: the process runs the code that it finds in the folder. */
const isPrivate = (folder: string): boolean => {
  if (process.getuid === undefined) return true
  const { mode, uid } = statSync(folder)
  return uid === process.getuid() && (mode & 0o022) === 0
}

/**
 * Uses a cache in the user's own folder. Without one that can be written and is private, it does nothing: Node's default
 * is below the temporary directory, which other users can write. `NODE_COMPILE_CACHE` and `NODE_DISABLE_COMPILE_CACHE`
 * apply as everywhere.
 */
export const useCompileCache = (manifest: string): void => {
  try {
    const folder = folderFor(JSON.parse(readFileSync(manifest, "utf8")).version)
    if (isPrivate(folder)) nodeModule.enableCompileCache(folder)
  } catch (_) {
    // A read-only home costs some time at each start, and nothing else.
  }
}
