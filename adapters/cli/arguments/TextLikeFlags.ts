import { Effect } from "effect"
import { InvalidInput } from "../CliErrors.ts"

// Text that begins with "-" is read as flags, each letter as one: "-ship it" holds `-h`, so it would print the help.

/** How much of the text is quoted. */
const quotedCharacters = 40

/** Several letters behind one dash, but for a number and the value of a flag (`-o=FILE`); or a "flag" with a blank. */
const looksLikeText = (arg: string): boolean =>
  /^-[^-]./su.test(arg) ? !/^-(?:\d+(?:\.\d+)?$|[a-z]=)/.test(arg) : /^--[^=\s]+\s/.test(arg)

/** What to do about an argument that is read as flags and may be text. */
export const dashHint =
  'Put -- before text that begins with "-" (taskwright add -- "-x y"), or = before a value (--title="-x y").'

/** Fails if an argument is text that would be read as flags. No command has flags of one letter that are joined. */
export const refuseTextLikeFlags = (args: ReadonlyArray<string>): Effect.Effect<void, InvalidInput> => {
  const end = args.indexOf("--")
  const text = args.slice(0, end < 0 ? args.length : end).find(looksLikeText)
  if (text === undefined) return Effect.void
  const quoted = text.length > quotedCharacters ? `${text.slice(0, quotedCharacters)}…` : text
  return Effect.fail(new InvalidInput({ message: `"${quoted}" is read as flags. ${dashHint}` }))
}
