/**
 * The files of a new, empty database, as they are packed for one version of PGlite. PostgreSQL needs several times the
 * time and the memory to make them.
 */
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { createGunzip } from "node:zlib"
import { Effect } from "effect"

const unlessMissing = (error: NodeJS.ErrnoException): undefined => {
  if (error.code !== "ERR_MODULE_NOT_FOUND") throw error
}

const loadFiles = () => import("@electric-sql/pglite-prepopulatedfs").catch(unlessMissing)
const loadTar = () => import("modern-tar/fs").catch(unlessMissing)

/** Returns the packed files (a compressed tar archive); nothing if the packages for them are not installed. */
export const preparedFiles: Effect.Effect<Blob | undefined> = Effect.promise(async () => (await loadFiles())?.dataDir())

/** Writes the files into a new folder. Returns false, and does nothing, if the packages for it are not installed. */
export const unpackTo = async (folder: string): Promise<boolean> => {
  const [files, tar] = [await loadFiles(), await loadTar()]
  if (files === undefined || tar === undefined) return false
  const archive = Readable.from((await files.dataDir()).stream())
  // One file at a time: together they are larger than all else that a new process holds.
  await pipeline(archive, createGunzip(), tar.unpackTar(folder, { dmode: 0o700, fmode: 0o600, concurrency: 1 }))
  return true
}
