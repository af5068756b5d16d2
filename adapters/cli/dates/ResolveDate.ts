/** Resolves a written date to an instant: its day first, relative to today, and the time on it after. */
import { type DateTime, Result } from "effect"
import * as Calendar from "../../../domain/shared/Calendar.ts"
import { maxMillis, minMillis } from "../../../domain/shared/Timestamp.ts"
import type { DateExpression, DayExpression } from "./DateExpression.ts"
import { monthName, shortMonth, weekdayName } from "./DateWords.ts"

/**
 * The purpose of a date. A due date is in the future. A day stands for its end, or for its start if a span begins with
 * it.
 */
export type DatePurpose = "due" | "from" | "to"

export interface SeenFrom {
  /** Milliseconds since 1970. */
  readonly now: number
  readonly zone: DateTime.TimeZone
}

const outside = "The date lies outside the years 1970 to 9999."

/** Returns the instant in milliseconds since 1970, or the reason why no single instant is meant. */
export const resolveDate = (
  date: DateExpression,
  purpose: DatePurpose,
  { now, zone }: SeenFrom,
): Result.Result<number, string> => {
  if (date.kind === "fromNow") return within(Calendar.after(now, date.span, date.millis, zone))
  const { time } = date
  return Result.flatMap(resolveDay(date.day, purpose, Calendar.dayAt(now, zone)), (day) => {
    if (time !== null) return within(Calendar.at(day, time, zone))
    return within(purpose === "from" ? Calendar.startOf(day, zone) : Calendar.endOf(day, zone))
  })
}

const within = (millis: number | null): Result.Result<number, string> =>
  millis !== null && millis >= minMillis && millis <= maxMillis ? Result.succeed(millis) : Result.fail(outside)

type ResolvedDay = Result.Result<Calendar.CalendarDay, string>

const resolveDay = (expression: DayExpression, purpose: DatePurpose, today: Calendar.CalendarDay): ResolvedDay => {
  switch (expression.kind) {
    case "fromToday":
      return existing(Calendar.plus(today, expression.span))
    case "weekday":
      return existing(Calendar.plus(today, { months: 0, days: daysUntil(expression.weekday, today) }))
    case "unclearWeekday":
      return Result.fail(unclear(expression, today))
    case "date":
      return expression.year === null
        ? resolveYear(expression, purpose, today)
        : checkWeekday(expression, expression.year)
  }
}

const existing = (day: Calendar.CalendarDay | null): ResolvedDay =>
  day === null ? Result.fail(outside) : Result.succeed(day)

/** Returns 0 to 6: a weekday that is today is 0 days away. */
const daysUntil = (weekday: number, today: Calendar.CalendarDay): number =>
  (weekday - Calendar.weekdayOf(today) + 7) % 7

const unclear = (
  { weekday, word }: Extract<DayExpression, { kind: "unclearWeekday" }>,
  today: Calendar.CalendarDay,
): string => {
  const days = daysUntil(weekday, today)
  const nearest = [days, word === "next" ? days + 7 : days - 7].flatMap((each) => {
    const day = Calendar.plus(today, { months: 0, days: each })
    return day === null ? [] : [Calendar.isoDate(day)]
  })
  const name = weekdayName(weekday)
  return `"${word} ${name}" may be either of two days: write ${nearest.join(" or ")}, or "${name.slice(0, 3).toLowerCase()}" for ${nearest[0]}.`
}

type WrittenDay = Extract<DayExpression, { kind: "date" }>

const exists = ({ day, month }: WrittenDay, year: number): boolean => day <= Calendar.lastDayOf(year, month)

const iso = ({ day, month }: WrittenDay, year: number): string => Calendar.isoDate(Calendar.dayOf(year, month, day))

const checkWeekday = (written: WrittenDay, year: number): ResolvedDay => {
  if (year < 1970) return Result.fail(outside)
  const day = Calendar.dayOf(year, written.month, written.day)
  const actual = Calendar.weekdayOf(day)
  if (written.weekday === null || written.weekday === actual) return Result.succeed(day)
  const named = weekdayName(written.weekday)
  return Result.fail(
    `${written.day} ${monthName(written.month)} ${year} is a ${weekdayName(actual)}, not a ${named}: write ${Calendar.isoDate(day)} or "${named.slice(0, 3).toLowerCase()}".`,
  )
}

/** 29 February is at most eight years away. */
const maximumYearsAhead = 8

/**
 * Without a year the next such day is meant, today included. In the span of a list, a passed day of this year may be
 * meant as well. Then its weekday decides, or the date is rejected.
 */
const resolveYear = (written: WrittenDay, purpose: DatePurpose, today: Calendar.CalendarDay): ResolvedDay => {
  const thisYear = Calendar.yearOf(today)
  const isPassed = (year: number) =>
    Calendar.dayOf(year, written.month, written.day).epochMilliseconds < today.epochMilliseconds
  for (let year = thisYear; year <= thisYear + maximumYearsAhead; year++) {
    if (!exists(written, year)) continue
    if (!isPassed(year)) return checkWeekday(written, year)
    if (purpose === "due") continue
    if (written.weekday === null) {
      const day = `${written.day} ${shortMonth(written.month)}`
      return Result.fail(`"${day}" has passed this year: write ${iso(written, year)}, or the year that is meant.`)
    }
    const passed = checkWeekday(written, year)
    if (Result.isSuccess(passed)) return passed
  }
  return Result.fail(outside)
}
