import type { Timestamp } from "../../../domain/shared/Timestamp.ts"

/** Writes points in time as people read them. What is written here can be typed where a command takes a date. */

/** From where dates are seen. */
export interface SeenFrom {
  readonly now: Date
  /** An IANA name; that of the process where there is none. */
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

/** A formatter takes 9 MB, so it is made when it is first needed: an export formats no date. */
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

/** A point in time in the user's time zone: `Thu 24 Dec 18:00`, with the year where it is another one. */
export const dateTime = (timestamp: Timestamp, from: SeenFrom): string => {
  const parts = partsOf(new Date(timestamp), from)
  return `${dayOf(parts, from)} ${parts.hour}:${parts.minute}`
}

/** A due date: the day alone where its end is meant. */
export const dueDate = (timestamp: Timestamp | null, from: SeenFrom): string => {
  if (timestamp === null) return ""
  const date = new Date(timestamp)
  return isEndOfDay(date, from) ? dayOf(partsOf(date, from), from) : dateTime(timestamp, from)
}

/** Whether it is the last second of its day. Clocks may show 23:59:59 twice: then it is the second time. */
const isEndOfDay = (date: Date, from: SeenFrom): boolean => {
  const { hour, minute, second } = partsOf(date, from)
  if (`${hour}:${minute}:${second}` !== "23:59:59") return false
  return partsOf(new Date(date.getTime() + 1000), from).day !== partsOf(date, from).day
}
