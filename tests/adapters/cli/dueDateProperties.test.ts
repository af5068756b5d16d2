/** Holds the grammar of dates to the results of `Temporal`, for generated dates. */
import { DateTime, Effect, Result } from "effect"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { parseDueDate } from "../../../adapters/cli/arguments/DueDate.ts"
import type { DatePurpose } from "../../../adapters/cli/dates/ResolveDate.ts"
import { dateTime, dueDate } from "../../../adapters/cli/output/Dates.ts"
import { fromMillis } from "../../../domain/shared/Timestamp.ts"

/** Zones with different changes of clocks. The properties run at every hour of the day. */

const zones = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "UTC"]

interface Seen {
  readonly zone: string
  readonly now: Temporal.ZonedDateTime
}

const anyMinute = fc.integer({
  min: Date.parse("2024-01-01T00:00:00Z") / 60_000,
  max: Date.parse("2036-12-31T23:59:00Z") / 60_000,
})

const at = (millis: number, zone: string) => Temporal.Instant.fromEpochMilliseconds(millis).toZonedDateTimeISO(zone)

/** Any time, more often one near a change of clocks, the end of a month, of February or of a year. */
const seen: fc.Arbitrary<Seen> = fc
  .record({
    zone: fc.constantFrom(...zones),
    minute: anyMinute,
    near: fc.constantFrom("anywhere", "clocks", "month", "february", "year"),
    minutes: fc.integer({ min: -36 * 60, max: 36 * 60 }),
  })
  .map(({ minute, minutes, near, zone }) => {
    const moment = at(minute * 60_000, zone)
    const place = {
      anywhere: () => moment,
      clocks: () => moment.getTimeZoneTransition("next") ?? moment,
      month: () => moment.with({ day: 31 }),
      february: () => moment.with({ month: 2, day: 29 }),
      year: () => moment.with({ month: 12, day: 31 }),
    }[near]()
    return { zone, now: near === "anywhere" ? place : place.add({ minutes }) }
  })

const parse = (text: string, { now, zone }: Seen, purpose: DatePurpose = "due") =>
  Effect.runSync(
    Effect.result(
      parseDueDate(text, purpose, { now: now.epochMilliseconds, zone: DateTime.zoneMakeNamedUnsafe(zone) }),
    ),
  )

const read = (text: string, from: Seen, purpose: DatePurpose = "due"): Temporal.ZonedDateTime => {
  const result = parse(text, from, purpose)
  if (Result.isFailure(result)) expect.unreachable(`${text} at ${from.now}: ${result.failure.message}`)
  return at(Date.parse(result.success), from.zone)
}

/** Asserts that the text means the whole of that day, wherever a day is expected. */
const expectDay = (text: string, day: Temporal.PlainDate, from: Seen, purposes: ReadonlyArray<DatePurpose>) => {
  for (const purpose of purposes) {
    const found = read(text, from, purpose)
    expect(found.toPlainDate().toString(), `${text} at ${from.now}`).toBe(day.toString())
    const beyond = purpose === "from" ? found.subtract({ milliseconds: 1 }) : found.add({ seconds: 1 })
    expect(beyond.toPlainDate().toString(), text).toBe(day.add({ days: purpose === "from" ? -1 : 1 }).toString())
  }
}
const everywhere = ["due", "from", "to"] as const

const check = <A>(arbitrary: fc.Arbitrary<A>, hold: (value: A, from: Seen) => void) =>
  fc.assert(
    fc.property(seen, arbitrary, (from, value) => hold(value, from)),
    { numRuns: 200 },
  )

const weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
const months = "january february march april may june july august september october november december".split(" ")
const time = fc.record({ hour: fc.nat(23), minute: fc.nat(59) })
const two = (value: number) => String(value).padStart(2, "0")

const spellings = (day: Temporal.PlainDate, weekday: boolean, year: boolean): ReadonlyArray<string> => {
  const month = months[day.month - 1] ?? ""
  const short = month.slice(0, 3)
  const ending = year ? ` ${day.year}` : ""
  const beginning = weekday ? `${weekdays[day.dayOfWeek - 1]?.slice(0, 3)} ` : ""
  return [
    `${day.day} ${short}${ending}`,
    `${day.day}. ${month}${ending}`,
    `${month} ${day.day}${ending}`,
    `${short} ${day.day}${ending}`,
    `${day.day}.${day.month}.${ending.trim()}`,
    `${two(day.day)}.${two(day.month)}.${ending}`,
    ...(year ? [day.toString(), day.toString().replaceAll("-", "/")] : []),
  ].map((each) => `${beginning}${each}`)
}

describe("a written day", () => {
  it("that is a distance from today is that day of the calendar, at every hour", () => {
    const span = fc.record({
      unit: fc.constantFrom("days", "weeks", "months", "years"),
      count: fc.nat(40),
      sign: fc.constantFrom("+", "-"),
    })
    check(span, ({ count, sign, unit }, from) => {
      const names = { days: "d", weeks: "w", months: "mo", years: "y" }
      const duration = { [unit]: sign === "-" ? -count : count }
      const day = from.now.toPlainDate().add(duration)
      fc.pre(day.year >= 1971)
      expectDay(`${sign}${count}${names[unit as keyof typeof names]}`, day, from, everywhere)
      if (sign === "+") expectDay(`in ${count} ${unit}`, day, from, everywhere)
      if (count === 1 && sign === "+")
        expectDay(`next ${unit.slice(0, -1)}`.replace("next day", "tomorrow"), day, from, everywhere)
    })
  })

  it("of the week is the first from today on", () => {
    check(fc.nat(6), (index, from) => {
      const today = from.now.toPlainDate()
      const day = today.add({ days: (index + 1 - today.dayOfWeek + 7) % 7 })
      const name = weekdays[index] ?? ""
      for (const text of [name, name.slice(0, 3), `on ${name}`]) expectDay(text, day, from, everywhere)
      for (const word of ["next", "this", "last"]) expect(Result.isFailure(parse(`${word} ${name}`, from))).toBe(true)
    })
  })

  it("of the calendar is that day in each spelling, and only with its own weekday", () => {
    check(fc.record({ days: fc.nat(364), other: fc.integer({ min: 1, max: 6 }) }), ({ days, other }, from) => {
      const day = from.now.toPlainDate().add({ days })
      // Within a year from today there is exactly one such day. 29 February must exist in that year.
      for (const text of [...spellings(day, false, false), ...spellings(day, true, false)]) {
        if (day.year === from.now.year) expectDay(text, day, from, everywhere)
        else expectDay(text, day, from, ["due"])
      }
      for (const text of [...spellings(day, false, true), ...spellings(day, true, true)]) {
        expectDay(text, day, from, everywhere)
        const wrong = `${weekdays[(day.dayOfWeek - 1 + other) % 7]} ${text.replace(/^[a-z]{3} (?=\d|[a-z]+ \d)/, "")}`
        expect(Result.isFailure(parse(wrong, from)), wrong).toBe(true)
      }
    })
  })

  it("with a time is the wall clock's time on that day, whatever the hour is now", () => {
    check(fc.record({ days: fc.nat(500), time }), ({ days, time: { hour, minute } }, from) => {
      const day = from.now.toPlainDate().add({ days })
      const expected = day.toZonedDateTime({ timeZone: from.zone, plainTime: new Temporal.PlainTime(hour, minute) })
      const half = `${hour % 12 === 0 ? 12 : hour % 12}:${two(minute)}${hour < 12 ? "am" : "pm"}`
      for (const text of [
        `${day} ${two(hour)}:${two(minute)}`,
        `${day}T${two(hour)}:${two(minute)}:00`,
        `${hour}:${two(minute)} on ${day}`,
        `${day} at ${half}`,
        `+${days}d ${half}`,
        ...(days === 0 ? [half, `today ${half}`] : []),
      ]) {
        expect(read(text, from).toString(), `${text} at ${from.now}`).toBe(expected.toString())
      }
    })
  })
})

describe("a written span of time", () => {
  it("of the clock elapses exactly", () => {
    const span = fc.record({ hours: fc.nat(72), minutes: fc.nat(200), sign: fc.constantFrom(1, -1) })
    check(span, ({ hours, minutes, sign }, from) => {
      const expected = from.now.epochMilliseconds + sign * (hours * 60 + minutes) * 60_000
      const mark = sign < 0 ? "-" : "+"
      expect(read(`${mark}${hours}h${minutes}min`, from).epochMilliseconds).toBe(expected)
      if (sign > 0) expect(read(`in ${hours} hours and ${minutes} minutes`, from).epochMilliseconds).toBe(expected)
      expect(Result.isFailure(parse(`${mark}${minutes}m`, from))).toBe(true)
    })
  })

  it("of days and hours moves the calendar first", () => {
    const span = fc.record({ months: fc.nat(14), days: fc.nat(40), hours: fc.nat(30) })
    check(span, ({ days, hours, months: count }, from) => {
      const expected = from.now.add({ months: count, days }).add({ hours })
      // At the second of two equal wall clock times, a zero offset changes nothing.
      fc.pre(count + days > 0)
      expect(read(`+${count}mo${days}d${hours}h`, from).toString({ smallestUnit: "minute" })).toBe(
        expected.toString({ smallestUnit: "minute" }),
      )
    })
  })
})

describe("a date that the command shows", () => {
  it("can be typed again", () => {
    check(fc.integer({ min: -400 * 1440, max: 800 * 1440 }), (minutes, from) => {
      const then = from.now.add({ minutes })
      const view = { now: new Date(from.now.epochMilliseconds), timeZone: from.zone }
      const shown = dateTime(fromMillis(then.epochMilliseconds), view)
      // If the clocks show a time twice, the first is meant.
      const first = then.toPlainDateTime().toZonedDateTime(from.zone)
      expect(read(shown, from, "to").toString(), shown).toBe(first.with({ second: 0 }).toString())
      const end = read(then.toPlainDate().toString(), from, "to")
      const day = dueDate(fromMillis(end.epochMilliseconds), view)
      expect(day).not.toContain(":")
      expect(read(day, from, "to").toString(), day).toBe(end.toString())
    })
  })
})

describe("any text", () => {
  const piece = fc.constantFrom(
    ..."next this last on at in the of and from now a an half + - . , / : 0 1 2 9 12 24 31 2026 2027 9:00 18:30 am pm".split(
      " ",
    ),
    ..."noon today tomorrow fri monday dec may d w m mo min h hours days week month year Z T z \u0130 \u212a 1e9 ∞".split(
      " ",
    ),
    " ",
  )
  const grammatical = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(" "))
  const glued = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(""))
  const anything = fc.string({ unit: "binary", maxLength: 200 })

  it("is a date from 1970 to 9999 or is rejected with a reason, in any case and with any blanks", () => {
    check(fc.oneof(grammatical, glued, anything), (text, from) => {
      const result = parse(text, from)
      if (Result.isFailure(result)) {
        expect(result.failure.message.length).toBeGreaterThan(10)
        return
      }
      expect(result.success).toMatch(/^\d{4}-\d\d-\d\dT/)
      const varied = `  ${text.toUpperCase().replaceAll(" ", " \t ")} `
      if (varied.length <= 100) expect(parse(varied, from), text).toStrictEqual(result)
    })
  })

  it("is rejected by its length before it is parsed", () => {
    for (const text of ["1".repeat(1_000_000), `${"a ".repeat(500_000)}1`, `+${"1d".repeat(500_000)}`]) {
      const result = parse(text, { zone: "UTC", now: at(0, "UTC") })
      expect(Result.isFailure(result) && result.failure.message.length < 400).toBe(true)
    }
  })
})
