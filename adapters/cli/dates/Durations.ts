/** Parses durations: `+3d`, `-1w`, `in 2 hours`, `1 month and 2 days from now`. */
import { Result } from "effect"
import type { CalendarSpan } from "../../../domain/shared/Calendar.ts"

/** A parsed duration. */

export interface WrittenDuration {
  readonly span: CalendarSpan
  readonly millis: number
  /** Whether hours, minutes or seconds were written: then a time is meant, not a day. */
  readonly isExact: boolean
}

interface Unit {
  readonly names: ReadonlyArray<string>
  readonly months?: number
  readonly days?: number
  readonly millis?: number
}

/** From the longest to the shortest, the order in which a duration names them. */
const units: ReadonlyArray<Unit> = [
  { names: ["y", "yr", "yrs", "year", "years"], months: 12 },
  { names: ["mo", "mos", "month", "months"], months: 1 },
  { names: ["w", "wk", "wks", "week", "weeks"], days: 7 },
  { names: ["d", "day", "days"], days: 1 },
  { names: ["h", "hr", "hrs", "hour", "hours"], millis: 3_600_000 },
  { names: ["min", "mins", "minute", "minutes"], millis: 60_000 },
  { names: ["s", "sec", "secs", "second", "seconds"], millis: 1_000 },
]

const hours = units.findIndex(({ names }) => names.includes("h"))

const numberWords = "one two three four five six seven eight nine ten eleven twelve".split(" ")

const countOf = (text: string): number => {
  if (text === "a" || text === "an") return 1
  if (text.startsWith("half")) return 0.5
  const word = numberWords.indexOf(text)
  return word < 0 ? Number(text) : word + 1
}

const amount = new RegExp(
  `(?:(\\d{1,6}(?:\\.\\d{1,3})?) ?|(half an?|an?|${numberWords.join("|")}) )([a-z]+)(?: and | |$)?`,
  "y",
)

const wrapped = /^(?:([+-]) ?|in )(.+)$/
const following = /^(.+) from now$/

/** Parses a duration. Returns null if the text is none, and a failure with the reason if it is a rejected duration. */
export const readDuration = (text: string): Result.Result<WrittenDuration, string> | null => {
  const match = wrapped.exec(text) ?? following.exec(text)
  if (match === null) return null
  const sign = match[1] === "-" ? -1 : 1
  return readAmounts(text, match.at(-1) ?? "", sign)
}

const readAmounts = (text: string, amounts: string, sign: 1 | -1): Result.Result<WrittenDuration, string> | null => {
  let found = { months: 0, days: 0, millis: 0 }
  let isExact = false
  let shortest = -1
  amount.lastIndex = 0
  for (let next = 0; next < amounts.length; next = amount.lastIndex) {
    amount.lastIndex = next
    const [, digits, word, name = ""] = amount.exec(amounts) ?? []
    const count = countOf(digits ?? word ?? "")
    // After hours it can only mean minutes.
    const isUnclear = name === "m" && shortest !== hours
    if (isUnclear) {
      const written = (unit: string) => text.replace(/(?<=[\d ])m(?![a-z])/, unit)
      return Result.fail(`"${text}" may be minutes or months: write ${written("min")} or ${written("mo")}.`)
    }
    const index = units.findIndex(({ names }) => names.includes(name === "m" ? "min" : name))
    const unit = units[index]
    if (unit === undefined) return null
    if (index <= shortest) return Result.fail(`"${text}" names its units out of order or twice.`)
    if (unit.millis === undefined && !Number.isInteger(count)) {
      return Result.fail(`"${text}": only hours, minutes and seconds have fractions.`)
    }
    shortest = index
    isExact ||= unit.millis !== undefined
    found = {
      months: found.months + count * (unit.months ?? 0),
      days: found.days + count * (unit.days ?? 0),
      millis: found.millis + Math.round(count * (unit.millis ?? 0)),
    }
  }
  return Result.succeed({
    span: { months: sign * found.months, days: sign * found.days },
    millis: sign * found.millis,
    isExact,
  })
}
