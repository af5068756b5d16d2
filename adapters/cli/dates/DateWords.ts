/** The English names of weekdays and months in dates and messages. */
import type { Weekday } from "../../../domain/shared/Calendar.ts"

const byName = <A>(entries: ReadonlyArray<readonly [names: string, value: A]>): ReadonlyMap<string, A> =>
  new Map(entries.flatMap(([names, value]) => names.split(" ").map((name) => [name, value] as const)))

const weekdays: ReadonlyMap<string, Weekday> = byName<Weekday>([
  ["sun sunday", 0],
  ["mon monday", 1],
  ["tue tues tuesday", 2],
  ["wed weds wednesday", 3],
  ["thu thur thurs thursday", 4],
  ["fri friday", 5],
  ["sat saturday", 6],
])

const months: ReadonlyMap<string, number> = byName([
  ["jan january", 1],
  ["feb february", 2],
  ["mar march", 3],
  ["apr april", 4],
  ["may", 5],
  ["jun june", 6],
  ["jul july", 7],
  ["aug august", 8],
  ["sep sept september", 9],
  ["oct october", 10],
  ["nov november", 11],
  ["dec december", 12],
])

const longNames = <A>(names: ReadonlyMap<string, A>, value: A): string => {
  const name = [...names].findLast(([, each]) => each === value)?.[0] ?? ""
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`
}

/** Returns the weekday of that name, in lower case, with or without a dot behind it. */
export const weekdayOf = (word: string): Weekday | undefined => weekdays.get(word.replace(/\.$/, ""))

/** Returns the month of that name, 1 to 12. */
export const monthOf = (word: string): number | undefined => months.get(word.replace(/\.$/, ""))

/** `Friday` */
export const weekdayName = (weekday: Weekday): string => longNames(weekdays, weekday)

/** `December`, for 12. */
export const monthName = (month: number): string => longNames(months, month)

/** `dec`, for 12: the form used in a due date. */
export const shortMonth = (month: number): string => monthName(month).slice(0, 3).toLowerCase()
