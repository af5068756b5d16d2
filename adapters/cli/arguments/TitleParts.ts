/**
 * Reads what `add --parse` takes out of a title: priorities (`p1`), categories (`@home`), and a date at its end.
 *
 *     title    = words [ date ], with priorities and categories between any of them ;
 *     priority = "p1" / "p2" / "p3" ;
 *     category = "@" name, without a blank ;
 *     date     = [ "by" / "due" / "on" ] a date of `DateGrammar.ts` ;
 *     "\" before a word keeps it as text
 */
import { Result } from "effect"
import type { TaskPriority } from "../../../domain/tasks/TaskFields.ts"
import { parseDate } from "../dates/DateGrammar.ts"
import { explainFigures, explainUnread } from "../dates/ExplainDate.ts"

/** The parts of a title. The date is text that the grammar of dates accepts. */
export interface TitleParts {
  readonly title: string
  readonly priority: TaskPriority | undefined
  readonly categories: ReadonlyArray<string>
  readonly due: string | undefined
}

const priorities: Readonly<Record<string, TaskPriority>> = { p1: "high", p2: "medium", p3: "low" }

/** The maximum number of words of a date: `at 9:00 on thu 24 dec 2026`, and a longer duration. */
const maxDateWords = 8

const prefixes: ReadonlySet<string> = new Set(["by", "due", "on"])

/** A word behind a backslash is text without it. */
const textOf = (word: string): string => (word.startsWith("\\") ? word.slice(1) : word)

/** RFC 3339, which the grammar leaves to the domain. */
const exactTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}\S*$/i

/** Takes the parts out of the title. Fails with the reason if a part is ambiguous, or given twice. */
export const readTitleParts = (text: string): Result.Result<TitleParts, string> => {
  const words = text.split(/\s+/).filter((word) => word !== "")
  const given = words.flatMap((word) => priorities[word.toLowerCase()] ?? [])
  if (given.length > 1) return Result.fail("The title has more than one priority. Write p1, p2 or p3 once.")
  const categories = words.filter(isCategory).map((word) => word.slice(1))
  const rest = words.filter((word) => !isCategory(word) && !isPriority(word))
  return Result.map(splitDate(rest), ({ before, due }) => ({
    title: before.map(textOf).join(" "),
    priority: given[0],
    categories: [...new Set(categories)],
    due,
  }))
}

const isPriority = (word: string): boolean => Object.hasOwn(priorities, word.toLowerCase())

const isCategory = (word: string): boolean => /^@[^@\s]/u.test(word)

interface SplitTitle {
  readonly before: ReadonlyArray<string>
  readonly due: string | undefined
}

/** Finds the longest date at the end of the words. */
const splitDate = (words: ReadonlyArray<string>): Result.Result<SplitTitle, string> => {
  for (let count = Math.min(words.length, maxDateWords); count > 0; count--) {
    const start = words.length - count
    const ending = words.slice(start)
    const date = ending.join(" ")
    const reason = count === 1 ? explainFigures(date) : null
    if (reason !== null) return Result.fail(reason)
    const read = parseDate(date)
    if (read !== null && Result.isFailure(read)) return Result.fail(read.failure)
    if (read !== null || exactTime.test(date)) {
      const before = words.slice(0, start)
      const isPrefixed = prefixes.has(before.at(-1)?.toLowerCase() ?? "")
      return Result.succeed({ before: isPrefixed ? before.slice(0, -1) : before, due: date })
    }
    const why = beginsWithDate(ending) ? explainUnread(date) : null
    if (why !== null) return Result.fail(`"${date}" ${why}`)
  }
  return Result.succeed({ before: words, due: undefined })
}

/** Whether a date stands before the last words, which then belong to it: `tomorrow at 9`. */
const beginsWithDate = (words: ReadonlyArray<string>): boolean =>
  words.some((_, index) => {
    const read = index === 0 ? null : parseDate(words.slice(0, index).join(" "))
    return read !== null && Result.isSuccess(read)
  })
