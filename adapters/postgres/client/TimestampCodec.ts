/** Decodes `timestamptz` columns directly into the domain's `Timestamp`. */
import { PgTypes } from "@effect/sql-pg"
import { Result } from "effect"

const millisPerDay = 86_400_000
/** 2000-01-01, PostgreSQL's epoch, in milliseconds since 1970. */
const postgresEpochMillis = 946_684_800_000

const digits = (length: number, count: number): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, value) => String(value).padStart(length, "0"))
const twoDigits = digits(2, 60)
const threeDigits = digits(3, 1000)

/**
 * About ten years. The rows of one response share few days, and formatting one with `Date` takes four times as long.
 */
const maximumCachedDays = 4096
const cachedDays = new Map<number, string>()

const formatDay = (day: number): string => {
  const cached = cachedDays.get(day)
  if (cached !== undefined) return cached
  if (cachedDays.size >= maximumCachedDays) cachedDays.clear()
  const text = new Date(day * millisPerDay).toISOString().slice(0, 11)
  cachedDays.set(day, text)
  return text
}

/** Returns the domain's `Timestamp` for milliseconds since 1970: the result of `Date.prototype.toISOString`, faster. */
export const formatMillis = (millis: number): string => {
  const day = Math.floor(millis / millisPerDay)
  const ofDay = millis - day * millisPerDay
  const ofSecond = ofDay % 1000
  const seconds = (ofDay - ofSecond) / 1000
  const second = seconds % 60
  const minutes = (seconds - second) / 60
  const minute = minutes % 60
  const hour = (minutes - minute) / 60
  return `${formatDay(day)}${twoDigits[hour]}:${twoDigits[minute]}:${twoDigits[second]}.${threeDigits[ofSecond]}Z`
}

const read = (bytes: Uint8Array, offset: number, size: number): Result.Result<string, PgTypes.CodecError> => {
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, size)
  // Microseconds of these years stay below 2^53, so a number represents them exactly.
  const micros = view.getInt32(0) * 4_294_967_296 + view.getUint32(4)
  return Result.succeed(formatMillis(postgresEpochMillis + Math.floor(micros / 1000)))
}

const unsupported = Result.fail(new PgTypes.CodecError({ message: "A time is sent as text, which PostgreSQL reads" }))

/**
 * The types of rows as the repositories read them. `timestamptz` is decoded to the domain's `Timestamp` text, so that
 * no time is parsed in between. Parameters are that text too; PostgreSQL derives their type from the statement.
 */
export const types: PgTypes.Registry = PgTypes.makeRegistry()
types.register(
  PgTypes.OID.timestamptz,
  { decode: (bytes) => read(bytes, 0, bytes.length), read, encode: () => unsupported },
  { arrayOid: PgTypes.OID.timestamptzArray },
)
