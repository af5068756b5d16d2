/**
 * Detects text that the parser would read as flags. Each letter after "-" is a flag, so "-ship it" contains `-h` and
 * would print the help.
 */
import { Effect } from "effect"
import { InvalidInput } from "../CliErrors.ts"

/** The maximum number of quoted characters. */
const quotedCharacters = 40

/**
 * Returns whether the argument is several letters behind one dash, or a "flag" with a space. A number and the value of
 * a flag (`-o=FILE`) are not.
 */
const looksLikeText = (arg: string): boolean =>
  /^-[^-]./su.test(arg) ? !/^-(?:\d+(?:\.\d+)?$|[a-z]=)/.test(arg) : /^--[^=\s]+\s/.test(arg)

/** Advice for an argument that is read as flags and may be text. */
export const dashHint =
  'Put -- before text that begins with "-" (taskwright add -- "-x y"), or = before a value (--title="-x y").'

/** Fails if an argument is text that would be read as flags. No command combines flags of one letter. */
export const refuseTextLikeFlags = (args: ReadonlyArray<string>): Effect.Effect<void, InvalidInput> => {
  const end = args.indexOf("--")
  const text = args.slice(0, end < 0 ? args.length : end).find(looksLikeText)
  if (text === undefined) return Effect.void
  const quoted = text.length > quotedCharacters ? `${text.slice(0, quotedCharacters)}…` : text
  return Effect.fail(new InvalidInput({ message: `"${quoted}" is read as flags. ${dashHint}` }))
}
