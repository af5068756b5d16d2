/** Calendar days, and the instants at which they begin, end and reach a time of day in a zone. */
import { DateTime } from "effect"
import { maxMillis, minMillis } from "./Timestamp.ts"

/** 0 is Sunday, as in `Date`. */
export type Weekday = 0 | 1 | 2 | 3 | 4 | 5 | 6

export interface TimeOfDay {
  readonly hour: number
  readonly minute: number
  readonly second: number
}

/** Whole months and days of the calendar; years and weeks convert to them. */
export interface CalendarSpan {
  readonly months: number
  readonly days: number
}

/** A calendar day without a zone, stored as its midnight in UTC. */
export type CalendarDay = DateTime.Utc

const dayMillis = 24 * 60 * 60 * 1000
/** More than the calendar holds, in either direction; keeps the arithmetic within the range of `Date`. */
const maximumMonths = 12 * 10_000
const maximumDays = 366 * 10_000

/** Returns the number of days of that month (1 to 12). */
export const lastDayOf = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate()

/** Returns the day, which MUST exist. */
export const dayOf = (year: number, month: number, day: number): CalendarDay =>
  DateTime.makeUnsafe({ year, month, day })

/** Returns the day of the instant in that zone. */
export const dayAt = (millis: number, zone: DateTime.TimeZone): CalendarDay => {
  const { day, month, year } = DateTime.toParts(DateTime.makeZonedUnsafe(millis, { timeZone: zone }))
  return dayOf(year, month, day)
}

export const yearOf = (day: CalendarDay): number => DateTime.getPartUtc(day, "year")

export const weekdayOf = (day: CalendarDay): Weekday => new Date(day.epochMilliseconds).getUTCDay() as Weekday

/** `2026-12-24` */
export const isoDate = (day: CalendarDay): string => DateTime.formatIsoDateUtc(day)

/**
 * Adds the months and then the days. A day that the month lacks becomes its last day: a month after 31 January is 28 or
 * 29 February. Returns null if the result is outside 1970 to 9999.
 */
export const plus = (day: CalendarDay, { days, months }: CalendarSpan): CalendarDay | null => {
  if (Math.abs(months) > maximumMonths || Math.abs(days) > maximumDays) return null
  const moved = DateTime.add(DateTime.add(day, { months }), { days })
  return moved.epochMilliseconds >= minMillis && moved.epochMilliseconds <= maxMillis ? moved : null
}

/**
 * Returns the instant at which clocks in that zone show the time on that day. A time that they skip moves later by the
 * skipped amount; a time that they show twice is the first.
 */
export const at = (day: CalendarDay, { hour, minute, second }: TimeOfDay, zone: DateTime.TimeZone): number =>
  DateTime.makeZonedUnsafe(day.epochMilliseconds + ((hour * 60 + minute) * 60 + second) * 1000, {
    timeZone: zone,
    adjustForTimeZone: true,
  }).epochMilliseconds

/** Returns the next day, which may be the first one after 9999. */
export const dayAfter = (day: CalendarDay): CalendarDay => DateTime.makeUnsafe(day.epochMilliseconds + dayMillis)

/** Returns the first instant of the day, also if the clocks skip its midnight. */
export const startOf = (day: CalendarDay, zone: DateTime.TimeZone): number =>
  at(day, { hour: 0, minute: 0, second: 0 }, zone)

/**
 * Returns the day's last whole second. If the clocks show the hour before midnight twice, it is in the second of them.
 */
export const endOf = (day: CalendarDay, zone: DateTime.TimeZone): number => startOf(dayAfter(day), zone) - 1000

/** Adds months and days at the same time of day, and then the milliseconds. */
export const after = (millis: number, span: CalendarSpan, elapsed: number, zone: DateTime.TimeZone): number | null => {
  if (span.months === 0 && span.days === 0) return millis + elapsed
  const day = plus(dayAt(millis, zone), span)
  if (day === null) return null
  const { hour, millisecond, minute, second } = DateTime.toParts(DateTime.makeZonedUnsafe(millis, { timeZone: zone }))
  return at(day, { hour, minute, second }, zone) + millisecond + elapsed
}
