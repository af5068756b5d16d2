/** The errors of filters that callers write. */
import { Data } from "effect"

/** The parts that a filter can have at a place. */
export type FilterPart =
  | "term"
  | "operator"
  | "value"
  | "status"
  | "priority"
  | "date"
  | "quote"
  | "closing_parenthesis"
  | "end"

/** The text is no filter. */
export class InvalidFilter extends Data.TaggedError("InvalidFilter")<{
  /** How many characters (Unicode code points) stand before the mistake. */
  readonly position: number
  /** What can stand there, by the names of `FilterPart`. It is empty if nothing that is written there would do. */
  readonly expected: ReadonlyArray<string>
  /** What is wrong, in a few words, without text of the filter. */
  readonly reason: string
}> {
  override get message(): string {
    return `The filter ${this.reason} (at character ${this.position + 1}).`
  }
}

/** There is no time zone of this name. */
export class UnknownTimeZone extends Data.TaggedError("UnknownTimeZone")<Record<never, never>> {}
