import { createReadStream, statSync } from "node:fs"
import type { Readable } from "node:stream"
import { Data, Effect } from "effect"
import { FileUnusable } from "../../filesystem/FileUnusable.ts"
import { Refused } from "../Refusals.ts"

/** The longest line that is read; the longest task takes about 20,000 characters. */
const maximumLineCharacters = 100_000

export interface NumberedLine {
  readonly number: number
  readonly text: string
}

export interface LineBatch {
  readonly lines: ReadonlyArray<NumberedLine>
  /** How much of the file has been read, from 0 to 1; null where its size is not known. */
  readonly share: number | null
}

class LineTooLong extends Data.TaggedError("LineTooLong")<{ readonly number: number }> {}

async function* batches(input: Readable, size: number, totalBytes: number | null): AsyncGenerator<LineBatch> {
  let readBytes = 0
  let number = 0
  let rest = ""
  let lines: Array<NumberedLine> = []
  const batch = (): LineBatch => ({ lines, share: totalBytes === null ? null : readBytes / Math.max(totalBytes, 1) })
  input.setEncoding("utf8")
  for await (const chunk of input as AsyncIterable<string>) {
    readBytes += Buffer.byteLength(chunk)
    const parts = `${rest}${chunk}`.split("\n")
    rest = parts.pop() ?? ""
    for (const text of parts) {
      number++
      if (text.length > maximumLineCharacters) throw new LineTooLong({ number })
      lines.push({ number, text })
      if (lines.length >= size) {
        yield batch()
        lines = []
      }
    }
    if (rest.length > maximumLineCharacters) throw new LineTooLong({ number: number + 1 })
  }
  if (rest !== "") lines.push({ number: number + 1, text: rest })
  if (lines.length > 0) yield batch()
}

/** Gives the lines of a file, or of standard input for `-`, to `take`: so many at a time, and no more are held. */
export const forEachBatch = <E, R>(
  path: string,
  size: number,
  take: (batch: LineBatch) => Effect.Effect<void, E, R>,
): Effect.Effect<void, E | FileUnusable | Refused, R> =>
  Effect.gen(function* () {
    const failed = (cause: unknown) =>
      cause instanceof LineTooLong
        ? new Refused({ message: `Line ${cause.number} has more than ${maximumLineCharacters} characters.` })
        : new FileUnusable({ path, cause })
    const iterator = yield* Effect.acquireRelease(
      Effect.try({
        try: () => {
          if (path === "-") return batches(process.stdin, size, null)
          const { size: bytes } = statSync(path)
          return batches(createReadStream(path), size, bytes)
        },
        catch: failed,
      }),
      (iterator) => Effect.promise(() => iterator.return(undefined)),
    )
    for (;;) {
      const next = yield* Effect.tryPromise({ try: () => iterator.next(), catch: failed })
      if (next.done === true) return
      yield* take(next.value)
    }
  }).pipe(Effect.scoped)
