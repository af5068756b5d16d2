/** Explains why a text is no date, and suggests a valid spelling for common mistakes. */
import { lastDayOf } from "../../../domain/shared/Calendar.ts"
import { shortMonth } from "./DateWords.ts"

/** A numeric day and month, in an order that differs between countries. */
const figures = /(?<![\d/:-])(\d{1,2})([/-])(\d{1,2})(?:\2(\d{2}|\d{4}))?(?![\d/:-])/

/** Returns the reason to reject such a text before it is parsed; null for other texts. */
export const explainFigures = (text: string): string | null => {
  const match = figures.exec(text)
  if (match === null) return null
  const [written, first = "", , second = "", year = ""] = match
  const spelled = (day: number, month: number): ReadonlyArray<string> => {
    if (month < 1 || month > 12 || day < 1 || day > lastDayOf(year.length === 4 ? Number(year) : 2000, month)) return []
    return [`${day} ${shortMonth(month)}${year === "" ? "" : ` ${year.padStart(4, "20")}`}`]
  }
  const readings = new Set([...spelled(Number(first), Number(second)), ...spelled(Number(second), Number(first))])
  if (readings.size === 0) return null
  return `"${written}" depends on the country: write ${[...readings].map((each) => `"${each}"`).join(" or ")}.`
}

const reasons: ReadonlyArray<readonly [pattern: RegExp, reason: string]> = [
  [/\bmidnight\b|\b24:00\b/, 'begins a day or ends one: write "0:00" or "23:59" after the day.'],
  [
    /\b(?:morning|afternoon|evening|night|tonight|lunch|eod|cob)\b/,
    'names no time of day: write one after the day, as in "tomorrow 9:00".',
  ],
  [/\b(?:last|past|ago|previous)\b/, 'is not read: write the date, as in "2026-12-24", or "-3d" for three days ago.'],
  [/\b\d{1,2}\.\d{1,2}\.\d{2}$/, 'has no whole year: write four digits, as in "5.12.2027".'],
  [/\b\d{1,2}\.\d{1,2}$/, 'may be a day or a time: write "5.12." or "5:12".'],
  [
    /(?:^|[a-z.] )(?:at )?\d{1,2}$/,
    'ends with a number alone: write a time as "9:00" or "9pm", and a year with four digits.',
  ],
]

/** Returns the explanation to append to a text that is no date; null if there is no specific one. */
export const explainUnread = (text: string): string | null =>
  reasons.find(([pattern]) => pattern.test(text.toLowerCase()))?.[1] ?? null
