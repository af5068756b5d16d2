/** Writes to special files: devices, FIFOs, and inherited descriptors. */
import { constants } from "node:fs"
import { type FileHandle, open, stat } from "node:fs/promises"
import { Effect, Schedule, type Scope } from "effect"
import { codeOf, FileError } from "./FileErrors.ts"

/** The interval between attempts on a FIFO without a reader, or on a full one. */
const interval = "20 millis"

/**
 * Opens the path and returns a writer. Nothing here blocks a thread of Node's pool, because a process cannot exit
 * before those are done. A FIFO without a reader, or with a slow one, is polled, and the wait is interruptible.
 */
export const openSpecial = (
  path: string,
): Effect.Effect<(content: string | Uint8Array) => Effect.Effect<void, FileError>, FileError, Scope.Scope> =>
  Effect.gen(function* () {
    const failed = (cause: unknown) => new FileError({ path, cause })
    const attempt = <A>(run: () => Promise<A>) => Effect.tryPromise({ try: run, catch: failed })
    const isFifo = yield* attempt(() => stat(path).then((found) => found.isFIFO()))
    const opened = attempt(() => open(path, constants.O_WRONLY | constants.O_APPEND | constants.O_NONBLOCK))
    const file = yield* Effect.acquireRelease(opened, close).pipe(
      Effect.retry({ while: ({ cause }) => isFifo && codeOf(cause) === "ENXIO", schedule: Schedule.spaced(interval) }),
    )
    const writeSome = (bytes: Uint8Array, offset: number) =>
      attempt(() => file.write(bytes, offset)).pipe(
        Effect.retry({ while: ({ cause }) => codeOf(cause) === "EAGAIN", schedule: Schedule.spaced(interval) }),
      )
    return Effect.fnUntraced(function* (content: string | Uint8Array) {
      const bytes = Buffer.from(content)
      for (let offset = 0; offset < bytes.length; ) offset += (yield* writeSome(bytes, offset)).bytesWritten
    })
  })

/** The reader has the content by now, so an error says nothing about it. */
const close = (file: FileHandle) => Effect.promise(() => file.close().catch(() => undefined))
