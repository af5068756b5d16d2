/** Reads the messages of standard input, a line each. */
import { Result, Stream } from "effect"

/** The maximum length of a message in UTF-16 units. Over HTTP a message may have as many bytes. */
export const maxLineLength = 512 * 1024

/** A message, or the reason for which a line is none. */
export type InputLine = Result.Result<string, string>

interface Unfinished {
  readonly text: string
  /** The line is too long, and the rest of it is dropped. */
  readonly isDropped: boolean
}

const none: Unfinished = { text: "", isDropped: false }

/** Splits text into messages. Keeps no more of a line than its maximum length, and passes over empty lines. */
export const readLines = <E, R>(text: Stream.Stream<string, E, R>): Stream.Stream<InputLine, E, R> =>
  Stream.mapAccum(text, () => none, takeChunk, { onHalt: finish })

const takeChunk = (before: Unfinished, chunk: string): readonly [Unfinished, ReadonlyArray<InputLine>] => {
  const parts = chunk.split("\n")
  const rest = parts.pop() ?? ""
  const lines: Array<InputLine> = []
  let line = before
  for (const part of parts) {
    lines.push(...finish(add(line, part)))
    line = none
  }
  return [add(line, rest), lines]
}

const add = ({ isDropped, text }: Unfinished, part: string): Unfinished =>
  isDropped || text.length + part.length > maxLineLength
    ? { text: "", isDropped: true }
    : { text: text + part, isDropped: false }

const finish = ({ isDropped, text }: Unfinished): ReadonlyArray<InputLine> => {
  if (isDropped) return [Result.fail(`The message is longer than ${maxLineLength / 1024} KiB.`)]
  if (text.trim() === "") return []
  return [isJson(text) ? Result.succeed(text) : Result.fail("The message is not JSON.")]
}

const isJson = (line: string): boolean => Result.isSuccess(Result.try(() => JSON.parse(line)))
