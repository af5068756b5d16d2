import type { Timestamp } from "../../../domain/shared/Timestamp.ts"
import { isEndOfDay } from "../DueDate.ts"

/** A formatter that is made when it is first needed: it takes 9 MB, and an export formats no date. */
const formatterOf = (options: Intl.DateTimeFormatOptions) => {
  let formatter: Intl.DateTimeFormat | undefined
  return (date: Date): string => {
    formatter ??= new Intl.DateTimeFormat("en-GB", options)
    return formatter.format(date)
  }
}

const day = formatterOf({ weekday: "short", day: "numeric", month: "short" })
const dayWithYear = formatterOf({ weekday: "short", day: "numeric", month: "short", year: "numeric" })
const time = formatterOf({ hour: "2-digit", minute: "2-digit" })

const dayOf = (date: Date, now: Date): string =>
  (date.getFullYear() === now.getFullYear() ? day : dayWithYear)(date).replaceAll(",", "")

/** A point in time in the user's time zone: `Thu 24 Dec 18:00`, with the year where it is another one. */
export const dateTime = (timestamp: Timestamp, now: Date): string => {
  const date = new Date(timestamp)
  return `${dayOf(date, now)} ${time(date)}`
}

/** A due date: the day alone where the end of the day is meant. */
export const dueDate = (timestamp: Timestamp | null, now: Date): string => {
  if (timestamp === null) return ""
  const date = new Date(timestamp)
  return isEndOfDay(date) ? dayOf(date, now) : dateTime(timestamp, now)
}
