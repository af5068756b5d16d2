/** Instants in time: their one text form, its arithmetic, and reading RFC 3339. */
import { Schema, SchemaTransformation } from "effect"
import { withinUnits } from "./Text.ts"

const canonical = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/
const rfc3339 =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/

/** The earliest and the latest instant that Taskwright supports: 1970 to 9999, in UTC. */
export const minMillis = 0
export const maxMillis = 253_402_300_799_999

/** Whether the month of a text that begins with a date has its day. */
const dayExists = (text: string): boolean => {
  const day = Number(text.slice(8, 10))
  // Day 0 of the next month is the last day of this one.
  return day <= 28 || day <= new Date(Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)), 0)).getUTCDate()
}

// Nearly every request reads times, so neither check makes a date that it does not need.
const isCanonical = (text: string): boolean => canonical.test(text) && text >= "1970" && dayExists(text)

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
  if (!rfc3339.test(text) || !dayExists(text)) return false
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
