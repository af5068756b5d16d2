/** Instants in time: their one text form, its arithmetic, and reading RFC 3339. */
import { Schema, SchemaTransformation } from "effect"
import { withinUnits } from "./Text.ts"

const canonical = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/
const rfc3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.\d+)?(?:[Zz]|[+-]([01]\d|2[0-3]):([0-5]\d))$/

/** The earliest and the latest instant that Taskwright supports: 1970 to 9999, in UTC. */
export const minMillis = 0
export const maxMillis = 253_402_300_799_999

const isCanonical = (text: string): boolean => {
  if (!canonical.test(text)) return false
  const millis = Date.parse(text)
  return millis >= minMillis && millis <= maxMillis && new Date(millis).toISOString() === text
}

/**
 * An instant in the one form that is stored, compared and sent. The form is RFC 3339 in UTC with milliseconds
 * (`2026-11-24T16:00:00.000Z`), from 1970 to 9999. In this form the order of the text is the order in time, so no
 * request has to parse or format it.
 */
export const Timestamp = Schema.String.check(
  Schema.makeFilter(isCanonical, { message: "must be a time in UTC with milliseconds, from 1970 to 9999" }),
).pipe(Schema.brand("Timestamp"))
export type Timestamp = typeof Timestamp.Type

/**
 * Converts milliseconds since 1970 to a timestamp.
 *
 * @throws RangeError outside 1970 to 9999: such a clock is broken, which is not a mistake of the caller.
 */
export const fromMillis = (millis: number): Timestamp => {
  if (!(millis >= minMillis && millis <= maxMillis)) throw new RangeError(`${millis} ms is outside 1970 to 9999`)
  return new Date(millis).toISOString() as Timestamp
}

/** Converts a timestamp to milliseconds since 1970. */
export const toMillis = (timestamp: Timestamp): number => Date.parse(timestamp)

/** Returns the timestamp `millis` later (earlier if negative), limited to 1970 to 9999. */
export const plusMillis = (timestamp: Timestamp, millis: number): Timestamp =>
  fromMillis(Math.min(Math.max(toMillis(timestamp) + millis, minMillis), maxMillis))

/** Whether the text is RFC 3339 with an offset, names an existing day (no 30 February) and lies within 1970 to 9999. */
const isRfc3339 = (text: string): boolean => {
  const match = rfc3339.exec(text)
  if (match === null) return false
  const [, year, month, day, hour, minute, second] = match.map(Number)
  // Day 0 of the next month is the last day of this one.
  const lastDay = new Date(Date.UTC(year ?? 0, month ?? 0, 0)).getUTCDate()
  if (!month || month > 12 || !day || day > lastDay) return false
  if ((hour ?? 0) > 23 || (minute ?? 0) > 59 || (second ?? 0) > 59) return false
  const millis = Date.parse(text)
  return millis >= minMillis && millis <= maxMillis
}

/** The longest text that is read as a time: a fraction of a second with 35 digits. */
const maxRfc3339Length = 61
const rfc3339Message = "must be an RFC 3339 time with an offset, from 1970 to 9999"

/** Reads RFC 3339 with any offset (never a missing one) into a `Timestamp`. Digits after the millisecond are cut. */
export const TimestampFromRfc3339 = withinUnits(maxRfc3339Length, rfc3339Message).pipe(
  Schema.decodeTo(Schema.String.check(Schema.makeFilter(isRfc3339, { message: rfc3339Message }, true))),
  Schema.decodeTo(
    Timestamp,
    SchemaTransformation.transform<string, string>({
      decode: (text) => (canonical.test(text) ? text : new Date(text).toISOString()),
      encode: (text) => text,
    }),
  ),
)
