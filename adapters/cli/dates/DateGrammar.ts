/**
 * Parses a written date. Letters have no case; blanks and commas separate. The grammar:
 *
 *     date     = duration-of-the-clock / "now" / day [ ["at"] time ] / ["at"] time [ ["on"] day ] ;
 *     time     = h ":" mm [ ":" ss ] [ "am" / "pm" ] / h ( "am" / "pm" ) / "noon" ;
 *     day      = "today" / "tomorrow" / "yesterday" / weekday / [ weekday ] calendar / duration-of-days
 *                / "next" ( "week" / "month" / "year" ) ;
 *     calendar = yyyy "-" m "-" d / d "." m "." [ yyyy ] / d month [ yyyy ] / month d [ yyyy ] ;
 *     duration = ( "+" / "-" / "in" ) amounts / amounts "from now" ;
 *     amounts  = 1*( number unit ), from the longest unit to the shortest ;
 *     unit     = y / mo / w / d for days, h / min / s for the clock, and their long names ;
 *
 * Ambiguous spellings are not in the grammar, or are rejected when they are resolved.
 */
import { Result } from "effect"
import { type CalendarSpan, lastDayOf, type TimeOfDay } from "../../../domain/shared/Calendar.ts"
import type { DateExpression, DayExpression } from "./DateExpression.ts"
import { monthName, monthOf, weekdayOf } from "./DateWords.ts"
import { readDuration } from "./Durations.ts"

type Read<A> = Result.Result<A, string> | null

const clockTime = String.raw`(?:(\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?([ap])\.?m\.?)?|(\d{1,2}) ?([ap])\.?m\.?|noon)`
const timeAlone = new RegExp(`^(?:at )?${clockTime}$`)
const timeAfter = new RegExp(`^(.+?) (?:at )?${clockTime}$`)
const timeBefore = new RegExp(`^(?:at )?${clockTime} (?:on )?(.+)$`)

/** Reads the groups of `clockTime`, from the first on. Returns null if the time of day does not exist. */
const timeOf = ([hours, minutes, seconds, half, hour, halfAlone]: ReadonlyArray<string | undefined>) => {
  const written = hours ?? hour
  if (written === undefined) return { hour: 12, minute: 0, second: 0 }
  const time = { hour: Number(written), minute: Number(minutes ?? 0), second: Number(seconds ?? 0) }
  const isPast12 = (half ?? halfAlone) === "p"
  if ((half ?? halfAlone) !== undefined) {
    if (time.hour < 1 || time.hour > 12) return null
    time.hour = (time.hour % 12) + (isPast12 ? 12 : 0)
  }
  return time.hour < 24 && time.minute < 60 && time.second < 60 ? time : null
}

const today: CalendarSpan = { months: 0, days: 0 }

/** Parses the text. Returns null if it is no date, and a failure with the reason if it is a rejected date. */
export const parseDate = (written: string): Read<DateExpression> => {
  const text = written
    .toLowerCase()
    .replaceAll(/[\s,]+/g, " ")
    .trim()
    .replace(/^(\d{4}-\d{1,2}-\d{1,2})t(?=\d)/, "$1 ")
  if (text === "now") return Result.succeed({ kind: "fromNow", span: today, millis: 0 })
  const alone = timeAlone.exec(text)
  if (alone !== null) return withTime("today", timeOf(alone.slice(1)))
  const after = timeAfter.exec(text)
  if (after !== null) return withTime(after[1] ?? "", timeOf(after.slice(2)))
  const before = timeBefore.exec(text)
  if (before !== null) return withTime(before.at(-1) ?? "", timeOf(before.slice(1, -1)))
  const duration = readDuration(text)
  if (duration === null) return withoutTime(text)
  return Result.map(
    duration,
    ({ isExact, millis, span }): DateExpression =>
      isExact ? { kind: "fromNow", span, millis } : { kind: "day", day: { kind: "fromToday", span }, time: null },
  )
}

const withTime = (text: string, time: TimeOfDay | null): Read<DateExpression> => {
  if (time === null) return null
  const day = parseDay(text)
  return day === null ? null : Result.map(day, (found): DateExpression => ({ kind: "day", day: found, time }))
}

const withoutTime = (text: string): Read<DateExpression> => {
  const day = parseDay(text)
  return day === null ? null : Result.map(day, (found): DateExpression => ({ kind: "day", day: found, time: null }))
}

const fromToday = (span: CalendarSpan): Read<DayExpression> => Result.succeed({ kind: "fromToday", span })

const words: ReadonlyMap<string, CalendarSpan> = new Map([
  ["today", today],
  ["tomorrow", { months: 0, days: 1 }],
  ["tmr", { months: 0, days: 1 }],
  ["tmrw", { months: 0, days: 1 }],
  ["day after tomorrow", { months: 0, days: 2 }],
  ["overmorrow", { months: 0, days: 2 }],
  ["yesterday", { months: 0, days: -1 }],
  ["next week", { months: 0, days: 7 }],
  ["next month", { months: 1, days: 0 }],
  ["next year", { months: 12, days: 0 }],
])

const parseDay = (text: string): Read<DayExpression> => {
  const day = text.replace(/^on /, "").replace(/^the (?=day after)/, "")
  const span = words.get(day)
  if (span !== undefined) return fromToday(span)
  const duration = readDuration(day)
  if (duration !== null) {
    return Result.flatMap(duration, (found) =>
      found.isExact
        ? Result.fail(`"${day}" is a time already: no other one goes with it.`)
        : Result.succeed({ kind: "fromToday", span: found.span }),
    )
  }
  const [first = "", ...rest] = day.split(" ")
  const weekday = weekdayOf(first)
  if (weekday !== undefined) {
    return rest.length === 0 ? Result.succeed({ kind: "weekday", weekday }) : calendarDay(rest.join(" "), weekday)
  }
  const unclear = (first === "next" || first === "this") && rest.length === 1 ? weekdayOf(rest[0] ?? "") : undefined
  if (unclear !== undefined) {
    return Result.succeed({ kind: "unclearWeekday", weekday: unclear, word: first === "next" ? "next" : "this" })
  }
  return calendarDay(day, null)
}

const yearFirst = /^(?<year>\d{4})(?<separator>[-./])(?<month>\d{1,2})\k<separator>(?<day>\d{1,2})$/
const dotted = /^(?<day>\d{1,2})\. ?(?<month>\d{1,2})\.(?: ?(?<year>\d{4}))?$/
const dayFirst = /^(?<day>\d{1,2})(?:st|nd|rd|th|\.)?(?: of|-)? ?(?<name>[a-z]+\.?)(?:[ -](?<year>\d{4}))?$/
const monthFirst = /^(?<name>[a-z]+\.?) ?(?<day>\d{1,2})(?:st|nd|rd|th)?(?: (?<year>\d{4}))?$/

const calendarDay = (
  text: string,
  weekday: Extract<DayExpression, { kind: "date" }>["weekday"],
): Read<DayExpression> => {
  const written = text.replace(/^the (?=\d)/, "")
  for (const pattern of [yearFirst, dotted, dayFirst, monthFirst]) {
    const parts = pattern.exec(written)?.groups
    if (parts === undefined) continue
    const month = parts["name"] === undefined ? Number(parts["month"]) : monthOf(parts["name"])
    if (month === undefined) continue
    const year = parts["year"] === undefined ? null : Number(parts["year"])
    const day = Number(parts["day"])
    if (month < 1 || month > 12) return Result.fail(`"${text}": there is no month ${month}.`)
    // A leap year, because some year has 29 February.
    if (day < 1 || day > lastDayOf(year ?? 2000, month)) {
      const named = `${monthName(month)}${year === null ? "" : ` ${year}`}`
      return Result.fail(`"${text}": ${named} has no day ${day}.`)
    }
    return Result.succeed({ kind: "date", year, month, day, weekday })
  }
  return null
}
