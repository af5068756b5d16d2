import { Config, DateTime, Effect, Option } from "effect"
import { InvalidInput } from "../CliErrors.ts"

/**
 * The time zone of the process, which `TZ` may name. The runtime takes what it does not know for UTC without a word, a
 * path below zoneinfo for the zone's winter time, and an abbreviation (`JST`) for UTC in one place and a zone in another.
 */

/** Two moments of a year, so that one is in summer time. */
const moments = [Date.UTC(2026, 0, 1), Date.UTC(2026, 6, 1)]

const minuteMillis = 60_000

/** A file of the zones of the system, or a name among its other kinds of zone, each with the name in it. */
const file = /^:?(?:\/.+\/zoneinfo\/|(?=[^/]))(?:posix\/|right\/)?(?<name>[^:]+)$/
/** The file that says which zone the system has. */
const systemZone = /^:?\/etc\/localtime$/
/** POSIX: the hours are those west of Greenwich. */
const fixedOffset = /^(?:[a-z]{3,}|<[a-z\d+-]{3,}>)(?<sign>[+-]?)(?<hours>\d{1,2})(?::(?<minutes>\d{2}))?$/i

const offsetsOf = (zone: DateTime.TimeZone): ReadonlyArray<number> =>
  moments.map((now) => DateTime.zonedOffset(DateTime.makeZonedUnsafe(now, { timeZone: zone })) / minuteMillis)

/** The offsets from UTC in minutes that the value of `TZ` means; null if it names no zone. */
const meantBy = (value: string): ReadonlyArray<number> | null => {
  const named = DateTime.zoneMakeNamed(value)
  if (Option.isSome(named)) return offsetsOf(named.value)
  const parts = fixedOffset.exec(value)?.groups
  if (parts === undefined) return null
  const west = Number(parts["hours"]) * 60 + Number(parts["minutes"] ?? 0)
  return moments.map(() => (parts["sign"] === "-" ? west : -west))
}

/**
 * Writes the value of `TZ` as the runtime reads it rightly: `Europe/Berlin` for `:europe/berlin` or a path to that zone.
 * Empty for the zone of the system. A value that names no zone stays as it is.
 */
export const runtimeZone = (value: string): string => {
  if (systemZone.test(value)) return ""
  const name = file.exec(value.trim())?.groups?.["name"] ?? value
  // An abbreviation may mean several zones (BST, IST), so the runtime's own reading of it decides.
  if (!name.includes("/")) return name
  return Option.match(DateTime.zoneMakeNamed(name), { onNone: () => value, onSome: DateTime.zoneToString })
}

/** Whether the runtime's local time is that of the zone which the value of `TZ` names. */
export const isLocalTime = (value: string): boolean => {
  const zone = runtimeZone(value)
  if (zone === "") return true
  const meant = meantBy(zone)
  return meant?.every((offset, index) => offset === -new Date(moments[index] ?? 0).getTimezoneOffset()) ?? false
}

/**
 * Makes the runtime's local time that of the zone which `TZ` names in the environment of the process, or UTC if it names
 * none. Returns whether it names one.
 */
export const adoptZone = (environment: Record<string, string | undefined>): boolean => {
  const value = environment["TZ"]
  // Empty means UTC, as POSIX has it, and the runtime reads it so.
  if (value === undefined || value === "") return true
  const zone = runtimeZone(value)
  if (zone === "") delete environment["TZ"]
  else if (zone !== value) environment["TZ"] = zone
  const isKnown = isLocalTime(value)
  if (!isKnown) environment["TZ"] = "UTC"
  return isKnown
}

/** Says that the value of `TZ` names no zone. */
export const unknownZone = (value: string): string =>
  `TZ is "${value}", which names no time zone here. Write one like Europe/Berlin.`

/** The zone in which dates are read. Fails if `TZ` names another one than the runtime's, or none. */
export const localZone = Effect.gen(function* () {
  const value = yield* Effect.mapError(
    Config.String("TZ").pipe(Config.withDefault("")),
    ({ message }) => new InvalidInput({ message }),
  )
  if (!isLocalTime(value)) return yield* new InvalidInput({ message: unknownZone(value) })
  return DateTime.zoneMakeLocal()
})
