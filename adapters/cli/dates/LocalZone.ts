/**
 * The time zone of the process, which `TZ` may name. The runtime silently reads an unknown value as UTC, and a path
 * below zoneinfo as the zone's winter time. It reads an abbreviation (`JST`) as UTC in one place and as a zone in
 * another.
 */
import { Config, DateTime, Effect, Option } from "effect"
import { InvalidInput } from "../CliErrors.ts"

/** Two moments of a year, so that one is in summer time. */
const moments = [Date.UTC(2026, 0, 1), Date.UTC(2026, 6, 1)]

const minuteMillis = 60_000

/** The path of a system zone file, or a name with a `posix/` or `right/` prefix. Each contains the zone's name. */
const file = /^:?(?:\/.+\/zoneinfo\/|(?=[^/]))(?:posix\/|right\/)?(?<name>[^:]+)$/
/** The file that names the zone of the system. */
const systemZone = /^:?\/etc\/localtime$/
/** POSIX: the hours are those west of Greenwich. */
const fixedOffset = /^(?:[a-z]{3,}|<[a-z\d+-]{3,}>)(?<sign>[+-]?)(?<hours>\d{1,2})(?::(?<minutes>\d{2}))?$/i

const offsetsOf = (zone: DateTime.TimeZone): ReadonlyArray<number> =>
  moments.map((now) => DateTime.zonedOffset(DateTime.makeZonedUnsafe(now, { timeZone: zone })) / minuteMillis)

/** Returns the offsets from UTC in minutes that the value of `TZ` means; null if it names no zone. */
const meantBy = (value: string): ReadonlyArray<number> | null => {
  const named = DateTime.zoneMakeNamed(value)
  if (Option.isSome(named)) return offsetsOf(named.value)
  const parts = fixedOffset.exec(value)?.groups
  if (parts === undefined) return null
  const west = Number(parts["hours"]) * 60 + Number(parts["minutes"] ?? 0)
  return moments.map(() => (parts["sign"] === "-" ? west : -west))
}

/**
 * Converts the value of `TZ` to a form that the runtime reads correctly: `Europe/Berlin` for `:europe/berlin` or a path
 * to that zone. Returns an empty text for the zone of the system. A value that names no zone is returned unchanged.
 */
export const runtimeZone = (value: string): string => {
  if (systemZone.test(value)) return ""
  const name = file.exec(value.trim())?.groups?.["name"] ?? value
  // An abbreviation may mean several zones (BST, IST), so the runtime's own reading of it decides.
  if (!name.includes("/")) return name
  return Option.match(DateTime.zoneMakeNamed(name), { onNone: () => value, onSome: DateTime.zoneToString })
}

/** Returns whether the runtime's local time is that of the zone in the value of `TZ`. */
export const isLocalTime = (value: string): boolean => {
  const zone = runtimeZone(value)
  if (zone === "") return true
  const meant = meantBy(zone)
  return meant?.every((offset, index) => offset === -new Date(moments[index] ?? 0).getTimezoneOffset()) ?? false
}

/**
 * Sets the runtime's local time to the zone that `TZ` names in the process environment, or to UTC if it names none.
 * Returns whether it names one.
 */
export const adoptZone = (environment: Record<string, string | undefined>): boolean => {
  const value = environment["TZ"]
  // In POSIX an empty value means UTC, and the runtime reads it so.
  if (value === undefined || value === "") return true
  const zone = runtimeZone(value)
  if (zone === "") delete environment["TZ"]
  else if (zone !== value) environment["TZ"] = zone
  const isKnown = isLocalTime(value)
  if (!isKnown) environment["TZ"] = "UTC"
  return isKnown
}

/** Returns the message for a value of `TZ` that names no zone. */
export const unknownZone = (value: string): string =>
  `TZ is "${value}", which names no time zone here. Write one like Europe/Berlin.`

/** The zone in which dates are read. Fails if `TZ` names no zone, or another one than the runtime's. */
export const localZone = Effect.gen(function* () {
  const value = yield* Effect.mapError(
    Config.String("TZ").pipe(Config.withDefault("")),
    ({ message }) => new InvalidInput({ message }),
  )
  if (!isLocalTime(value)) return yield* new InvalidInput({ message: unknownZone(value) })
  return DateTime.zoneMakeLocal()
})
