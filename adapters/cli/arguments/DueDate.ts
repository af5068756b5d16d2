/**
 * Reads a point in time as people write it. `dates/DateGrammar.ts` holds the grammar, and docs/cli.md describes it. The
 * day is resolved first, relative to today, and the time after: no time of day changes the day. An ambiguous or
 * contradictory text is rejected with a spelling that works.
 *
 * A parser of natural language would guess instead: it drops unknown words, and lets the hour decide the day. Effect's
 * `DateTime` does the arithmetic; Node 24 has no `Temporal`.
 */
import { Effect, Option, Result, Schema } from "effect"
import { fromMillis, TimestampFromRfc3339 } from "../../../domain/shared/Timestamp.ts"
import { InvalidInput } from "../CliErrors.ts"
import { parseDate } from "../dates/DateGrammar.ts"
import { explainFigures, explainUnread } from "../dates/ExplainDate.ts"
import { type DatePurpose, resolveDate, type SeenFrom } from "../dates/ResolveDate.ts"

/** Longer than any valid date. */
const maximumLength = 100

export const dueDateGrammar =
  "tomorrow 9:00, today 18:00, fri, 2026-12-24, 24 dec 18:00, +3d, +1w, +2h, +30min, or RFC 3339. " +
  "Times are in your time zone; a day without a time means its end."

/** RFC 3339, also with a space instead of the `T`, or without seconds. */
const withOffset = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2})(:\d{2}(?:\.\d{1,9})?)?([Zz]|[+-]\d{2}:\d{2})$/

/**
 * Parses the whole text as a date, relative to a moment in a zone. A time that the clocks skip moves later by the
 * skipped amount; a time that they show twice is the first. Fails with the reason for every other text.
 */
export const parseDueDate = Effect.fnUntraced(function* (text: string, purpose: DatePurpose, from: SeenFrom) {
  if (text.length > maximumLength) {
    return yield* new InvalidInput({
      message: `A date has at most ${maximumLength} characters. Write ${dueDateGrammar}`,
    })
  }
  const trimmed = text.trim()
  const exact = Schema.decodeUnknownOption(TimestampFromRfc3339)(
    trimmed.replace(withOffset, (_, day, time, seconds = ":00", offset) => `${day}T${time}${seconds}${offset}`),
  )
  if (Option.isSome(exact)) return exact.value
  const reason = explainFigures(trimmed)
  if (reason !== null) return yield* new InvalidInput({ message: reason })
  const read = parseDate(trimmed)
  if (read === null) {
    const why = explainUnread(trimmed)
    const message = why === null ? `"${trimmed}" is no date. Write ${dueDateGrammar}` : `"${trimmed}" ${why}`
    return yield* new InvalidInput({ message })
  }
  return yield* Result.flatMap(read, (date) => resolveDate(date, purpose, from)).pipe(
    Result.map(fromMillis),
    Result.mapError((message) => new InvalidInput({ message })),
    Effect.fromResult,
  )
})
