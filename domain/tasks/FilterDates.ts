/** The dates of filters: `2026-12-24`, an RFC 3339 time, `now`, `today`, `tomorrow`, `yesterday`, `+3d`, `-2w`, `+1m`. */
import { DateTime, Result, Schema } from "effect"
import * as Calendar from "../shared/Calendar.ts"
import {
  fromMillis,
  maxMillis,
  minMillis,
  type Timestamp,
  TimestampFromRfc3339,
  toMillis,
} from "../shared/Timestamp.ts"
import { UnknownTimeZone } from "./FilterErrors.ts"

/** When and where a filter is read: relative dates are seen from there. */
export interface SeenFrom {
  readonly now: Timestamp
  readonly zone: DateTime.TimeZone
}

/** The zone of a filter that names none. */
export const utc: DateTime.TimeZone = DateTime.zoneMakeNamedUnsafe("UTC")

/** A name of the IANA database. The runtime reads offsets such as `+01:00` as zones too. */
const zoneName = /^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/

/** Returns the IANA time zone of that name, in any case. */
export const zoneOf = (name: string): Result.Result<DateTime.TimeZone, UnknownTimeZone> => {
  if (!zoneName.test(name)) return Result.fail(new UnknownTimeZone())
  try {
    // Effect keeps each zone under the name that it is asked for, so it is asked for one spelling only.
    return Result.succeed(DateTime.zoneMakeNamedUnsafe(canonicalName(name)))
  } catch {
    return Result.fail(new UnknownTimeZone())
  }
}

const canonicalName = (name: string): string =>
  new Intl.DateTimeFormat("en-US", { timeZone: name }).resolvedOptions().timeZone

/** The instants that a date means, inclusive, in milliseconds since 1970. */
export interface DateSpan {
  readonly from: number
  readonly to: number
  /** Whether it depends on the time at which it is read. */
  readonly isRelative: boolean
}

/** Why a text is no date: it is not written like one, or lies outside 1970 to 9999. */
export type DateMistake = "unreadable" | "outside"

const daysFromToday: ReadonlyMap<string, number> = new Map([
  ["yesterday", -1],
  ["today", 0],
  ["tomorrow", 1],
])
const offset = /^(?<sign>[+-])(?<count>\d{1,7})(?<unit>[dwm])$/
const isoDay = /^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})$/
const decodeTime = Schema.decodeUnknownResult(TimestampFromRfc3339)

/** Reads a date. A day is the span from its first to its last instant in the zone, with 23 or 25 hours at a clock change. */
export const readDate = (written: string, { now, zone }: SeenFrom): Result.Result<DateSpan, DateMistake> => {
  const text = written.toLowerCase()
  if (text === "now") return instant(now, true)
  const span = spanFromToday(text)
  if (span !== undefined) return wholeDay(Calendar.plus(Calendar.dayAt(toMillis(now), zone), span), zone, true)
  const parts = isoDay.exec(text)?.groups
  if (parts !== undefined) return writtenDay(Number(parts["year"]), Number(parts["month"]), Number(parts["day"]), zone)
  return Result.match(decodeTime(written), {
    onSuccess: (time) => instant(time, false),
    onFailure: () => Result.fail("unreadable"),
  })
}

const instant = (time: Timestamp, isRelative: boolean): Result.Result<DateSpan, DateMistake> => {
  const millis = toMillis(time)
  return Result.succeed({ from: millis, to: millis, isRelative })
}

const spanFromToday = (text: string): Calendar.CalendarSpan | undefined => {
  const days = daysFromToday.get(text)
  if (days !== undefined) return { months: 0, days }
  const parts = offset.exec(text)?.groups
  if (parts === undefined) return undefined
  const count = Number(`${parts["sign"]}${parts["count"]}`)
  if (parts["unit"] === "m") return { months: count, days: 0 }
  return { months: 0, days: parts["unit"] === "w" ? 7 * count : count }
}

const writtenDay = (
  year: number,
  month: number,
  day: number,
  zone: DateTime.TimeZone,
): Result.Result<DateSpan, DateMistake> => {
  if (month < 1 || month > 12 || day < 1 || day > Calendar.lastDayOf(year, month)) return Result.fail("unreadable")
  return year < 1970 ? Result.fail("outside") : wholeDay(Calendar.dayOf(year, month, day), zone, false)
}

const wholeDay = (
  day: Calendar.CalendarDay | null,
  zone: DateTime.TimeZone,
  isRelative: boolean,
): Result.Result<DateSpan, DateMistake> => {
  if (day === null) return Result.fail("outside")
  return Result.succeed({
    from: Calendar.startOf(day, zone),
    to: Calendar.startOf(Calendar.dayAfter(day), zone) - 1,
    isRelative,
  })
}

/** Returns the limit as a timestamp; the first or last one if it lies before or behind all. */
export const limitAt = (millis: number): Timestamp => fromMillis(Math.min(Math.max(millis, minMillis), maxMillis))
