/** Reads a file of lines in batches. It reads bytes, so that invalid UTF-8 is not taken for text. */
import { constants, createReadStream, openSync, statSync } from "node:fs"
import { Socket } from "node:net"
import type { Readable } from "node:stream"
import { Data, Effect } from "effect"
import { FileError } from "../../filesystem/FileErrors.ts"
import { CommandFailed } from "../CliErrors.ts"

const lineFeed = 0x0a
/** The number of bytes that reveal how a file is encoded. */
const markBytes = 4

export interface NumberedLine {
  readonly number: number
  /** Null if the line is not UTF-8. */
  readonly text: string | null
}

export interface LineBatch {
  readonly lines: ReadonlyArray<NumberedLine>
  /** The part of the file that has been read, from 0 to 1; null if its size is unknown. */
  readonly share: number | null
}

export interface LineBatchOptions {
  /** The maximum number of lines of a batch. */
  readonly size: number
  readonly maximumLineBytes: number
  /** The command that reads the file, for messages. */
  readonly command: "import" | "restore"
}

/** The file cannot be read as lines of text. */
class Unreadable extends Data.TaggedError("Unreadable")<{ readonly message: string }> {}

/** Skips the byte order mark that some programs put before UTF-8. Fails if the bytes are not UTF-8. */
const begin = (bytes: Buffer, command: LineBatchOptions["command"]): Buffer => {
  const [first, second, third] = bytes
  const verb = command === "import" ? "Import" : "Restore"
  if (first === 0xef && second === 0xbb && third === 0xbf) return bytes.subarray(3)
  const isMarked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)
  // In UTF-16, ASCII has a zero in every second byte; text has none.
  if (isMarked || first === 0 || second === 0) {
    throw new Unreadable({ message: `The file is UTF-16 or UTF-32. Save it as UTF-8, and ${command} that.` })
  }
  if (first === 0x1f && second === 0x8b) {
    throw new Unreadable({ message: `The file is compressed. ${verb} it by: gunzip < FILE | taskwright ${command} -` })
  }
  return bytes
}

async function* batches(
  input: Readable,
  { command, maximumLineBytes, size }: LineBatchOptions,
  totalBytes: number | null,
): AsyncGenerator<LineBatch> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
  let readBytes = 0
  let number = 0
  let isBegun = false
  let rest: Buffer = Buffer.alloc(0)
  let lines: Array<NumberedLine> = []
  const batch = (): LineBatch => ({ lines, share: totalBytes === null ? null : readBytes / Math.max(totalBytes, 1) })
  const take = (bytes: Buffer) => {
    number++
    if (bytes.length > maximumLineBytes) {
      throw new Unreadable({ message: `Line ${number} has more than ${maximumLineBytes} bytes.` })
    }
    lines.push({ number, text: decode(decoder, bytes) })
  }
  for await (const chunk of input as AsyncIterable<Buffer>) {
    readBytes += chunk.length
    rest = Buffer.concat([rest, chunk])
    if (!isBegun) {
      if (rest.length < markBytes) continue
      rest = begin(rest, command)
      isBegun = true
    }
    let start = 0
    for (let end = rest.indexOf(lineFeed); end >= 0; end = rest.indexOf(lineFeed, start)) {
      take(rest.subarray(start, end))
      start = end + 1
      if (lines.length >= size) {
        yield batch()
        lines = []
      }
    }
    rest = rest.subarray(start)
    if (rest.length > maximumLineBytes) take(rest)
  }
  if (!isBegun) rest = begin(rest, command)
  if (rest.length > 0) take(rest)
  if (lines.length > 0) yield batch()
}

const decode = (decoder: TextDecoder, bytes: Buffer): string | null => {
  try {
    return decoder.decode(bytes)
  } catch {
    return null
  }
}

const openInput = (path: string): { readonly input: Readable; readonly total: number | null } => {
  if (path === "-") return { input: process.stdin, total: null }
  const found = statSync(path)
  if (!found.isFIFO()) return { input: createReadStream(path), total: found.size }
  // A FIFO without a writer would block a thread of Node's pool, and with it the exit of the process after Ctrl-C.
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  return { input: new Socket({ fd: descriptor, readable: true, writable: false }), total: null }
}

/**
 * Passes the lines of a file, or of standard input for `-`, to `take`. Passes at most `size` at a time, and holds no
 * more. Fails with `CommandFailed` if a line is too long, or if the file is UTF-16 or compressed.
 */
export const forEachBatch = <E, R>(
  path: string,
  options: LineBatchOptions,
  take: (batch: LineBatch) => Effect.Effect<void, E, R>,
): Effect.Effect<void, E | FileError | CommandFailed, R> =>
  Effect.gen(function* () {
    const failed = (cause: unknown) =>
      cause instanceof Unreadable ? new CommandFailed({ message: cause.message }) : new FileError({ path, cause })
    const { input, total } = yield* Effect.acquireRelease(
      Effect.try({
        try: () => openInput(path),
        catch: failed,
      }),
      // Not the generator's own `return`, which waits for input that may never arrive.
      ({ input }) => Effect.sync(() => input.destroy()),
    )
    const iterator = batches(input, options, total)
    for (;;) {
      const next = yield* Effect.tryPromise({ try: () => iterator.next(), catch: failed })
      if (next.done === true) return
      yield* take(next.value)
    }
  }).pipe(Effect.scoped)
