/** The syntax tree of a written date, before it is resolved for a day and a zone. */
import type { CalendarSpan, TimeOfDay, Weekday } from "../../../domain/shared/Calendar.ts"

export type DayExpression =
  /** A span relative to today. */
  | { readonly kind: "fromToday"; readonly span: CalendarSpan }
  /** The first such day, today included. */
  | { readonly kind: "weekday"; readonly weekday: Weekday }
  /** `next` or `this` before a weekday: readers disagree about the week. */
  | { readonly kind: "unclearWeekday"; readonly weekday: Weekday; readonly word: "next" | "this" }
  /** A calendar date, with its weekday if one is written. The month is 1 to 12. */
  | {
      readonly kind: "date"
      readonly year: number | null
      readonly month: number
      readonly day: number
      readonly weekday: Weekday | null
    }

export type DateExpression =
  /** A span relative to now: the calendar part keeps the time of day, then the clock part elapses exactly. */
  | { readonly kind: "fromNow"; readonly span: CalendarSpan; readonly millis: number }
  /** A day and the time on it; without a time the whole day is meant. */
  | { readonly kind: "day"; readonly day: DayExpression; readonly time: TimeOfDay | null }
