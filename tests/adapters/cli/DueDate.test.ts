/** Holds due dates that users write to the time that they mean in the local zone. */
import { DateTime, Effect, Result } from "effect"
import { describe, expect, it } from "vitest"
import { parseDueDate } from "../../../adapters/cli/arguments/DueDate.ts"
import type { DatePurpose } from "../../../adapters/cli/dates/ResolveDate.ts"

const parse = (text: string, now: string, purpose: DatePurpose = "due", zone = "Europe/Berlin") =>
  Effect.runSync(
    Effect.result(parseDueDate(text, purpose, { now: Date.parse(now), zone: DateTime.zoneMakeNamedUnsafe(zone) })),
  )

const read = (...args: Parameters<typeof parse>): string => {
  const result = parse(...args)
  return Result.isSuccess(result) ? result.success : result.failure.message
}

/** A Tuesday, half past five in the afternoon in Berlin. */
const tuesday = "2026-11-24T16:30:00.000Z"

describe("a due date as people write it", () => {
  it.each([
    ["tomorrow 9:00", "2026-11-25T08:00:00.000Z"],
    ["tomorrow", "2026-11-25T22:59:59.000Z"],
    ["day after tomorrow", "2026-11-26T22:59:59.000Z"],
    ["today 18:00", "2026-11-24T17:00:00.000Z"],
    ["18:00", "2026-11-24T17:00:00.000Z"],
    ["9am tomorrow", "2026-11-25T08:00:00.000Z"],
    ["tomorrow at 9 p.m.", "2026-11-25T20:00:00.000Z"],
    ["at 12pm on friday", "2026-11-27T11:00:00.000Z"],
    ["fri 12am", "2026-11-26T23:00:00.000Z"],
    ["fri noon", "2026-11-27T11:00:00.000Z"],
    ["fri", "2026-11-27T22:59:59.000Z"],
    ["tue", "2026-11-24T22:59:59.000Z"],
    ["monday 9am", "2026-11-30T08:00:00.000Z"],
    ["MONDAY 9AM", "2026-11-30T08:00:00.000Z"],
    ["2026-12-24", "2026-12-24T22:59:59.000Z"],
    ["2026/12/24", "2026-12-24T22:59:59.000Z"],
    ["2026-12-24 18:00", "2026-12-24T17:00:00.000Z"],
    ["2026-12-24T18:00", "2026-12-24T17:00:00.000Z"],
    ["2026-12-24 18:00:30", "2026-12-24T17:00:30.000Z"],
    ["24 dec", "2026-12-24T22:59:59.000Z"],
    ["24 nov", "2026-11-24T22:59:59.000Z"],
    ["23 nov", "2027-11-23T22:59:59.000Z"],
    ["24 dec 18:00", "2026-12-24T17:00:00.000Z"],
    ["Dec 24th, 2027", "2027-12-24T22:59:59.000Z"],
    ["24th of December 2027", "2027-12-24T22:59:59.000Z"],
    ["Thu, 24 Dec", "2026-12-24T22:59:59.000Z"],
    ["thu 24 sept 2026 9:00", "2026-09-24T07:00:00.000Z"],
    ["5.12.2027", "2027-12-05T22:59:59.000Z"],
    ["5.12. 9:00", "2026-12-05T08:00:00.000Z"],
    ["29 feb", "2028-02-29T22:59:59.000Z"],
    ["+3d", "2026-11-27T22:59:59.000Z"],
    ["+3d 9:00", "2026-11-27T08:00:00.000Z"],
    ["+2h", "2026-11-24T18:30:00.000Z"],
    ["+1h30m", "2026-11-24T18:00:00.000Z"],
    ["+1.5h", "2026-11-24T18:00:00.000Z"],
    ["+30min", "2026-11-24T17:00:00.000Z"],
    ["+1w", "2026-12-01T22:59:59.000Z"],
    ["+1mo", "2026-12-24T22:59:59.000Z"],
    ["+1 month 2 days", "2026-12-26T22:59:59.000Z"],
    ["next week", "2026-12-01T22:59:59.000Z"],
    ["next year", "2027-11-24T22:59:59.000Z"],
    ["  in 2 hours ", "2026-11-24T18:30:00.000Z"],
    ["in half an hour", "2026-11-24T17:00:00.000Z"],
    ["in two weeks", "2026-12-08T22:59:59.000Z"],
    ["3 days from now", "2026-11-27T22:59:59.000Z"],
    ["now", tuesday],
    ["yesterday", "2026-11-23T22:59:59.000Z"],
    ["-1w", "2026-11-17T22:59:59.000Z"],
    ["2026-12-24T18:00:00-05:00", "2026-12-24T23:00:00.000Z"],
    ["2026-12-24 18:00-05:00", "2026-12-24T23:00:00.000Z"],
    // After the change of clocks, in summer time.
    ["2027-06-01 12:00", "2027-06-01T10:00:00.000Z"],
    // The clocks skip this hour.
    ["2027-03-28 02:30", "2027-03-28T01:30:00.000Z"],
    // The clocks show this hour twice.
    ["2027-10-31 02:30", "2027-10-31T00:30:00.000Z"],
  ])("%s is %s", (text, expected) => {
    expect(read(text, tuesday)).toBe(expected)
  })

  it.each([
    "2026-02-30",
    "30 feb",
    "2026-13-01",
    "24.13.2026",
    "milk tomorrow",
    "tomorrow at 25:00",
    "tomorrow 9:60",
    "13pm",
    "0am",
    "9:00 10:00",
    "monday to friday",
    "monday friday",
    "+3d +2h",
    "+2h 9:00",
    "+1d1w",
    "+1d1d",
    "+1.5d",
    "+9999999d",
    "+999999y",
    "9999-12-31 23:59 tomorrow",
    "1969-12-31",
    "december",
    "2026-12",
    "12",
    "",
    " ",
    "none",
    "soon",
    "5 min",
  ])("%s is no date", (text) => {
    expect(Result.isFailure(parse(text, tuesday)), read(text, tuesday)).toBe(true)
  })

  it("means the start of its day at the start of a span", () => {
    expect(read("2026-12-24", tuesday, "from")).toBe("2026-12-23T23:00:00.000Z")
    expect(read("2026-12-24", tuesday, "to")).toBe("2026-12-24T22:59:59.000Z")
  })
})

describe("an ambiguous or contradictory date", () => {
  it.each([
    ["next friday", '"fri" for 2026-11-27'],
    ["next friday", "2026-11-27 or 2026-12-04"],
    ["next monday 9:00", "2026-11-30 or 2026-12-07"],
    ["this monday", "2026-11-30 or 2026-11-23"],
    ["mon 27 nov", "is a Friday, not a Monday: write 2026-11-27"],
    ["mon 2026-11-27 9:00", "is a Friday, not a Monday"],
    ["fri 24 dec", "24 December 2026 is a Thursday, not a Friday"],
    ["5/6", '"5 jun" or "6 may"'],
    ["fri 5/6", '"5 jun" or "6 may"'],
    ["24/12/2026 9:00", 'write "24 dec 2026"'],
    ["5-6-2027", '"5 jun 2027" or "6 may 2027"'],
    ["5/6/27", '"5 jun 2027" or "6 may 2027"'],
    ["5.12.27", "four digits"],
    ["5.12", '"5.12." or "5:12"'],
    ["tomorrow morning", '"tomorrow 9:00"'],
    ["tonight", '"tomorrow 9:00"'],
    ["fri midnight", '"0:00" or "23:59"'],
    ["tomorrow 24:00", '"0:00" or "23:59"'],
    ["tomorrow at 9", '"9:00" or "9pm"'],
    ["24 dec 26", "four digits"],
    ["+1m", "+1min or +1mo"],
    ["+30m", "+30min or +30mo"],
    ["in 5 m", "in 5 min or in 5 mo"],
    ["last friday", "write the date"],
    ["3 days ago", '"-3d"'],
    ["tomorrow".repeat(20), "at most 100 characters"],
  ])("%s is rejected with the suggestion %s", (text, words) => {
    const result = parse(text, tuesday)
    expect(Result.isFailure(result), read(text, tuesday)).toBe(true)
    expect(read(text, tuesday)).toContain(words)
  })

  it("is rejected by a list if a day without a year has passed and no weekday decides", () => {
    expect(read("1 nov", tuesday, "from")).toContain("write 2026-11-01")
    expect(read("sun 1 nov", tuesday, "from")).toBe("2026-10-31T23:00:00.000Z")
    expect(read("mon 1 nov", tuesday, "from")).toBe("2027-10-31T23:00:00.000Z")
    expect(read("tue 1 nov", tuesday, "from")).toContain("not a Tuesday")
    expect(read("24 nov", tuesday, "from")).toBe("2026-11-23T23:00:00.000Z")
  })
})

describe("the order of days and times", () => {
  it.each(["2026-11-26T23:00:00Z", "2026-11-27T11:00:01Z", "2026-11-27T22:59:58Z"])(
    "a day is today at every hour of it (%s)",
    (now) => {
      for (const text of ["27 nov", "fri", "friday", "nov 27", "27.11.", "fri 27 nov", "today", "+0d"]) {
        expect(read(text, now), text).toBe("2026-11-27T22:59:59.000Z")
        expect(read(`${text} 9:00`, now), text).toBe("2026-11-27T08:00:00.000Z")
      }
    },
  )

  it("a span of the clock elapses exactly when the clocks change", () => {
    // A quarter past two, before the clocks go back at three, and before they go forward at two.
    for (const now of ["2026-10-25T00:15:00.000Z", "2027-03-28T00:45:00.000Z"]) {
      for (const [text, minutes] of [
        ["+30min", 30],
        ["in 1 hour", 60],
        ["+24h", 1440],
        ["-2h", -120],
      ] as const) {
        expect(Date.parse(read(text, now)) - Date.parse(now), `${text} ${now}`).toBe(minutes * 60_000)
      }
      expect(Date.parse(read("+1d 2:15", now)) - Date.parse(now)).toBe(now < "2027" ? 25 * 3_600_000 : 23.5 * 3_600_000)
    }
  })

  it("a month after a day that the next one lacks is its last", () => {
    expect(read("next month", "2027-01-31T12:00:00Z")).toBe("2027-02-28T22:59:59.000Z")
    expect(read("+1mo", "2028-01-30T12:00:00Z")).toBe("2028-02-29T22:59:59.000Z")
    expect(read("+1y", "2028-02-29T12:00:00Z")).toBe("2029-02-28T22:59:59.000Z")
  })

  it("a day has its own first and last second where the clocks change at midnight", () => {
    const santiago = (text: string, purpose: DatePurpose) =>
      read(text, "2026-01-01T12:00:00Z", purpose, "America/Santiago")
    // 5 April begins after the hour from 23:00 to 24:00 occurred twice. 6 September begins at one o'clock.
    expect(santiago("2026-04-04", "due")).toBe("2026-04-05T03:59:59.000Z")
    expect(santiago("2026-04-05", "from")).toBe("2026-04-05T04:00:00.000Z")
    expect(santiago("2026-09-05", "due")).toBe("2026-09-06T03:59:59.000Z")
    expect(santiago("2026-09-06", "from")).toBe("2026-09-06T04:00:00.000Z")
  })
})
