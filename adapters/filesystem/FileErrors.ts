/** The errors of every file operation in the adapters, with messages that fit one line. */
import { Data } from "effect"

/** A file cannot be read or written. Its message is one line that names the path and the reason. */
export class FileError extends Data.TaggedError("FileError")<{
  readonly path: string
  readonly cause: unknown
}> {
  override get message(): string {
    return `${this.path} cannot be used: ${reasonOf(this.cause)}`
  }
}

/** A file of that name exists, and replacing it was not requested. */
export class FileExists extends Data.TaggedError("FileExists")<{ readonly path: string }> {
  override get message(): string {
    return `${this.path} is there already.`
  }
}

/** The system's error codes in words. */
const reasons: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EBUSY: "it is in use by the system",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file would be too large",
  EIO: "the disk reports an error",
  EISDIR: "it is a folder",
  ELOOP: "its links lead in a circle",
  EMFILE: "too many files are open",
  ENAMETOOLONG: "the name is too long",
  ENOENT: "there is no such file or folder",
  ENOSPC: "no space is left on the disk",
  ENOTDIR: "a part of the path is no folder",
  ENXIO: "the device or socket cannot be opened",
  EPERM: "operation not permitted",
  EPIPE: "its reader is gone",
  EROFS: "the file system is read-only",
}

/** Returns the error code of a system call (`ENOSPC`); undefined for any other error. */
export const codeOf = (cause: unknown): string | undefined =>
  cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : undefined

/** Returns why a system call failed, in one line: `no space is left on the disk (ENOSPC)`. */
export const reasonOf = (cause: unknown): string => {
  const code = codeOf(cause)
  const words = code === undefined ? undefined : reasons[code]
  if (words !== undefined) return `${words} (${code})`
  return (cause instanceof Error ? cause.message : String(cause)).replaceAll(/\s+/g, " ")
}
