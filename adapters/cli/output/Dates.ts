/** Formats points in time for people. A command that takes a date accepts each format. */
import type { Timestamp } from "../../../domain/shared/Timestamp.ts"

/** The moment and the zone that dates are relative to. */
export interface SeenFrom {
  readonly now: Date
  /** An IANA name; by default the zone of the process. */
  readonly timeZone?: string | undefined
}

interface LocalParts {
  readonly weekday: string
  readonly day: string
  readonly month: string
  readonly year: string
  readonly hour: string
  readonly minute: string
  readonly second: string
}

/** A formatter takes 9 MB, so it is created on first use: an export formats no date. */
const formatters = new Map<string | undefined, Intl.DateTimeFormat>()

const formatterOf = (timeZone: string | undefined): Intl.DateTimeFormat => {
  const held = formatters.get(timeZone)
  if (held !== undefined) return held
  const made = new Intl.DateTimeFormat("en-GB", {
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    timeZone,
  })
  formatters.set(timeZone, made)
  return made
}

const partsOf = (date: Date, { timeZone }: SeenFrom): LocalParts => {
  const parts = { weekday: "", day: "", month: "", year: "", hour: "", minute: "", second: "" }
  for (const { type, value } of formatterOf(timeZone).formatToParts(date)) {
    if (type in parts) parts[type as keyof LocalParts] = value
  }
  return parts
}

const dayOf = ({ day, month, weekday, year }: LocalParts, from: SeenFrom): string =>
  `${weekday} ${day} ${month}${year === partsOf(from.now, from).year ? "" : ` ${year}`}`

/** Formats a point in time in the user's zone: `Thu 24 Dec 18:00`, with the year if it is not the current one. */
export const dateTime = (timestamp: Timestamp, from: SeenFrom): string => {
  const parts = partsOf(new Date(timestamp), from)
  return `${dayOf(parts, from)} ${parts.hour}:${parts.minute}`
}

/** Formats a due date; only the day if the end of the day is meant. */
export const dueDate = (timestamp: Timestamp | null, from: SeenFrom): string => {
  if (timestamp === null) return ""
  const date = new Date(timestamp)
  return isEndOfDay(date, from) ? dayOf(partsOf(date, from), from) : dateTime(timestamp, from)
}

/** Returns whether it is the last second of its day. If clocks show 23:59:59 twice, it is the second one. */
const isEndOfDay = (date: Date, from: SeenFrom): boolean => {
  const { hour, minute, second } = partsOf(date, from)
  if (`${hour}:${minute}:${second}` !== "23:59:59") return false
  return partsOf(new Date(date.getTime() + 1000), from).day !== partsOf(date, from).day
}
