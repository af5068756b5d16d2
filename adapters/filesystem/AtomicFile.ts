/** Writes whole files: readers see the old file or the new one, never a part, however the process ends. */
import { randomUUID } from "node:crypto"
import { type FileHandle, link, lstat, open, readlink, realpath, rename, rm, stat } from "node:fs/promises"
import { basename, dirname, join, resolve } from "node:path"
import { Effect, type Scope } from "effect"
import { codeOf, FileError, FileExists } from "./FileErrors.ts"
import { openSpecial } from "./SpecialFile.ts"

export interface AtomicFileOptions {
  /** Whether to replace a file of that name; by default it fails with `FileExists`. */
  readonly isReplacing?: boolean
}

/** A file that is being written. */
export interface AtomicFile {
  /** Appends to the draft. */
  readonly write: (content: string | Uint8Array) => Effect.Effect<void, FileError>
  /** Flushes the content to disk and gives the file its name. No write may follow. */
  readonly commit: Effect.Effect<void, FileError | FileExists>
}

/** The system's limit for the links of a path (ELOOP). */
const maximumLinks = 40

/**
 * Opens a new file that only this user can read (mode 0600, also if it replaces a file of a wider mode). The content
 * goes to a draft with a random name in the same folder; `commit` renames it. Until then nothing has changed, and a
 * scope that closes without a commit removes the draft.
 *
 * Symbolic links are followed: their target is replaced, and the links stay. A device, FIFO or open descriptor
 * (`/dev/fd/3`) is written directly, because a rename would replace it by a file.
 */
export const openAtomic = (
  path: string,
  options: AtomicFileOptions = {},
): Effect.Effect<AtomicFile, FileError | FileExists, Scope.Scope> =>
  Effect.gen(function* () {
    const failed = (cause: unknown) => new FileError({ path, cause })
    const attempt = <A>(run: () => Promise<A>) => Effect.tryPromise({ try: run, catch: failed })
    const target = yield* attempt(() => targetOf(path))
    if (target.kind === "taken" && options.isReplacing !== true) return yield* Effect.fail(new FileExists({ path }))
    if (target.kind === "special") {
      return { write: yield* openSpecial(target.path), commit: Effect.void }
    }
    const draft = join(dirname(target.path), `.taskwright-${randomUUID()}.part`)
    const file = yield* Effect.acquireRelease(
      // Exclusive: a link of that name is not followed.
      attempt(() => open(draft, "wx", 0o600)),
      (file) =>
        Effect.promise(async () => {
          await close(file)
          // A draft that cannot be removed harms nothing; the error that left it is the one to report.
          await rm(draft, { force: true }).catch(() => undefined)
        }),
    )
    return {
      write: (content) => attempt(() => file.writeFile(content)),
      commit: Effect.tryPromise({
        try: async () => {
          await file.sync()
          await file.close()
          await (options.isReplacing === true ? rename(draft, target.path) : moveToFreeName(draft, target.path))
          await syncFolder(dirname(target.path))
        },
        catch: (cause) => (codeOf(cause) === "EEXIST" ? new FileExists({ path }) : failed(cause)),
      }),
    }
  })

/** Writes a whole file, as `openAtomic` describes. */
export const writeAtomic = (
  path: string,
  content: string | Uint8Array,
  options: AtomicFileOptions = {},
): Effect.Effect<void, FileError | FileExists> =>
  Effect.gen(function* () {
    const file = yield* openAtomic(path, options)
    yield* file.write(content)
    yield* file.commit
  }).pipe(Effect.scoped)

/** The destination of the content: a free name, a file to replace, or a device or pipe to write to directly. */
interface Target {
  readonly kind: "free" | "taken" | "special"
  readonly path: string
}

/** Names of this process's own descriptors. Such a descriptor may lead to a file that its opener wants written in place. */
const descriptorPath = /^\/(?:dev\/(?:fd\/\d+|stdin|stdout|stderr)|proc\/(?:self|\d+)\/fd\/\d+)$/

const targetOf = async (path: string): Promise<Target> => {
  if (/[\\/]$/.test(path) && path !== "/") throw isFolder()
  let named = resolve(path)
  let isLink = false
  for (let links = 0; links < maximumLinks; links++) {
    if (descriptorPath.test(named)) return { kind: "special", path: named }
    // If the folder is a link, it is resolved first: the links below are relative to the real folder.
    const folder = await realpath(dirname(named))
    const found = await lstat(join(folder, basename(named))).catch(unlessMissing)
    if (found === null) return { kind: isLink ? "taken" : "free", path: join(folder, basename(named)) }
    if (!found.isSymbolicLink()) break
    isLink = true
    named = resolve(folder, await readlink(join(folder, basename(named))))
  }
  const real = await realpath(path)
  const found = await stat(real)
  if (found.isDirectory()) throw isFolder()
  return { kind: found.isFile() ? "taken" : "special", path: real }
}

/** The error that the system gives if a folder is opened for writing. */
const isFolder = (): Error => Object.assign(new Error("it is a folder"), { code: "EISDIR" })

const unlessMissing = (cause: unknown): null => {
  if (codeOf(cause) !== "ENOENT") throw cause
  return null
}

/** Unlike a rename, a link fails with EEXIST if another process was first. */
const moveToFreeName = async (draft: string, path: string): Promise<void> => {
  try {
    await link(draft, path)
  } catch (cause) {
    // File systems without hard links (FAT, some shares): checking the name just before is the best available.
    if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"].includes(codeOf(cause) ?? "")) throw cause
    if ((await lstat(path).catch(unlessMissing)) !== null) throw Object.assign(new Error("exists"), { code: "EEXIST" })
    await rename(draft, path)
  }
}

/** Flushes the new name to disk too, on systems that can open a folder. */
const syncFolder = async (path: string): Promise<void> => {
  if (process.platform === "win32") return
  const folder = await open(path, "r")
  try {
    await folder.sync()
  } catch (cause) {
    // Some file systems need no flush here and report that.
    if (!["EINVAL", "ENOTSUP", "EPERM", "EBADF"].includes(codeOf(cause) ?? "")) throw cause
  } finally {
    await folder.close()
  }
}

/** Closes a file that may be closed already. Its content was flushed or discarded before. */
const close = (file: FileHandle): Promise<void> => file.close().catch(() => undefined)
