import { Effect, Schema } from "effect"
import { earliestMillis, fromMillis, latestMillis, TimestampFromRfc3339 } from "../../domain/shared/Timestamp.ts"
import { InvalidInput } from "./Refusals.ts"

/** What a date without a time of day stands for. */
export type DayEdge = "start" | "end"

export const dueDateGrammar =
  "tomorrow 9:00, today 18:00, fri, next monday, 2026-12-24, 24 dec 18:00, +3d, +2h, +1w, or RFC 3339. " +
  "Times are in your time zone; a day without a time means its end."

/** A day and a month in figures, in an order that differs from country to country, or a month that does not exist. */
const isAmbiguous = (text: string): boolean => /^\d{1,2}[/]\d{1,2}/.test(text)
const isNoMonth = (text: string): boolean => /^\d{4}-(?:0?0|1[3-9]|[2-9]\d)(?:-|$)/.test(text)
/** A due date lies ahead, and the parser would turn these words forward. */
const looksBack = (text: string): boolean => /\b(?:last|past|ago|previous)\b/i.test(text)

/**
 * Reads a point in time as people write it, in the time zone of the process. The whole text has to be one. A time that
 * the clocks skip in spring is an hour later, as calendars have it.
 */
export const parseDueDate = Effect.fnUntraced(function* (text: string, now: Date, edge: DayEdge) {
  const trimmed = text.trim()
  const exact = Schema.decodeUnknownOption(TimestampFromRfc3339)(trimmed)
  if (exact._tag === "Some") return exact.value
  const unreadable = Effect.fail(new InvalidInput({ message: `"${text}" is no date. Write ${dueDateGrammar}` }))
  if (isAmbiguous(trimmed) || isNoMonth(trimmed) || looksBack(trimmed)) return yield* unreadable
  const chrono = yield* Effect.promise(() => import("chrono-node/en"))
  const [found, ...others] = chrono.parse(trimmed, now, { forwardDate: true })
  if (found === undefined || others.length > 0 || found.text !== trimmed || found.end) return yield* unreadable
  const date = found.start.date()
  if (!found.start.isCertain("hour")) {
    if (edge === "start") date.setHours(0, 0, 0, 0)
    else date.setHours(23, 59, 59, 0)
  }
  const millis = date.getTime()
  return millis >= earliestMillis && millis <= latestMillis ? fromMillis(millis) : yield* unreadable
})

/** Whether the time is the end of its day here: then only the day was meant. */
export const isEndOfDay = (date: Date): boolean =>
  date.getHours() === 23 && date.getMinutes() === 59 && date.getSeconds() === 59
