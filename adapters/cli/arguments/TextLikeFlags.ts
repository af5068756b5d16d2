/**
 * Detects text that the parser would read as flags. Each letter after "-" is a flag, so "-ship it" contains `-h` and
 * would print the help.
 */
import { Effect } from "effect"
import type { HelpDoc } from "effect/cli"
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

/** Returns the arguments that are read as flags; what follows `--` is not. */
export const beforeDoubleDash = (args: ReadonlyArray<string>): ReadonlyArray<string> => {
  const end = args.indexOf("--")
  return args.slice(0, end < 0 ? args.length : end)
}

const readAsFlags = (text: string): InvalidInput => {
  const quoted = text.length > quotedCharacters ? `${text.slice(0, quotedCharacters)}…` : text
  return new InvalidInput({ message: `"${quoted}" is read as flags. ${dashHint}` })
}

/** Fails if an argument is text that would be read as flags. No command combines flags of one letter. */
export const refuseTextLikeFlags = (args: ReadonlyArray<string>): Effect.Effect<void, InvalidInput> => {
  const text = beforeDoubleDash(args).find(looksLikeText)
  return text === undefined ? Effect.void : Effect.fail(readAsFlags(text))
}

const helpFlags: ReadonlySet<string> = new Set(["-h", "--help"])

/**
 * Returns the error if the flag for help stands in the place of another flag's value. The parser prints the help then,
 * before it finds that the value is missing.
 */
export const refuseHelpAsValue = (args: ReadonlyArray<string>, { flags, inheritedFlags = [] }: HelpDoc.HelpDoc) => {
  const takesValue = new Set(
    [...flags, ...inheritedFlags].flatMap(({ aliases, name, type }) =>
      type === "boolean" ? [] : [`--${name}`, ...aliases],
    ),
  )
  const value = beforeDoubleDash(args).find((arg, index) => helpFlags.has(arg) && takesValue.has(args[index - 1] ?? ""))
  return value === undefined ? null : readAsFlags(value)
}
