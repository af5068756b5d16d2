/** Finds what the word at the cursor of a command line names: a task, a category, or neither. */
import type { Completions } from "effect/cli"

/** The word at the cursor, as far as it is typed. */
export interface CompletedWord {
  readonly kind: "task" | "category"
  readonly typed: string
}

type Command = Completions.CommandDescriptor

/** The kinds of words that stand in the user's data, by the names of arguments and flags. */
const kindOf = (name: string | undefined): CompletedWord["kind"] | null =>
  name === "task" || name === "category" ? name : null

/** The commands with other tasks than open ones. */
const excluded: ReadonlySet<string> = new Set(["trash"])

/**
 * Reads the words behind the name of the program; the last one is at the cursor, and may be empty. Returns null for a
 * flag, and for a word that no data of the user can complete.
 */
export const completedWord = (root: Command, words: ReadonlyArray<string>): CompletedWord | null => {
  const typed = words.at(-1) ?? ""
  if (typed.startsWith("-")) return null
  const { command, flag, positional } = walk(root, words.slice(0, -1))
  if (flag !== null) return asWord(kindOf(flag), typed)
  const last = command.arguments.at(-1)
  const argument = command.arguments[positional] ?? (last?.variadic === true ? last : undefined)
  return excluded.has(words[0] ?? "") ? null : asWord(kindOf(argument?.name), typed)
}

const asWord = (kind: CompletedWord["kind"] | null, typed: string): CompletedWord | null =>
  kind === null ? null : { kind, typed }

interface Walked {
  readonly command: Command
  /** The flag that the next word is the value of. */
  readonly flag: string | null
  /** The number of arguments before the next word. */
  readonly positional: number
}

/** Follows the words through subcommands, flags and arguments. */
const walk = (root: Command, words: ReadonlyArray<string>): Walked =>
  words.reduce<Walked>(
    ({ command, flag, positional }, word) => {
      if (flag !== null) return { command, flag: null, positional }
      if (word.startsWith("-")) return { command, flag: flagWithValue(command, word), positional }
      const sub = positional === 0 ? command.subcommands.find(({ name }) => name === word) : undefined
      return sub === undefined
        ? { command, flag: null, positional: positional + 1 }
        : { command: sub, flag: null, positional: 0 }
    },
    { command: root, flag: null, positional: 0 },
  )

const flagWithValue = (command: Command, word: string): string | null =>
  command.flags.find(({ name, type }) => word === `--${name}` && type._tag !== "Boolean")?.name ?? null
