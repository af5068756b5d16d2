/** Holds the days of filters to their time zones. */
import { describe, expect, it } from "@effect/vitest"
import { Result } from "effect"
import { Timestamp } from "../../domain/shared/Timestamp.ts"
import { utc, zoneOf } from "../../domain/tasks/FilterDates.ts"
import { makeTask } from "../support/entities.ts"
import { filterOf, matches, now, task, userId } from "./filters.ts"

describe("a day of a filter", () => {
  const due = (time: string) => makeTask(userId, { dueDate: Timestamp.make(time) })

  it.each([
    // Clocks go back: 25 hours, from 22:00Z to 23:00Z.
    { day: "2026-10-25", zone: "Europe/Berlin", first: "2026-10-24T22:00:00.000Z", last: "2026-10-25T22:59:59.999Z" },
    // Clocks go forward: 23 hours.
    { day: "2026-03-29", zone: "Europe/Berlin", first: "2026-03-28T23:00:00.000Z", last: "2026-03-29T21:59:59.999Z" },
    // Midnight is skipped.
    { day: "2026-04-24", zone: "Africa/Cairo", first: "2026-04-23T22:00:00.000Z", last: "2026-04-24T20:59:59.999Z" },
    { day: "2026-11-26", zone: "Asia/Kathmandu", first: "2026-11-25T18:15:00.000Z", last: "2026-11-26T18:14:59.999Z" },
    { day: "1970-01-01", zone: "Asia/Tokyo", first: "1970-01-01T00:00:00.000Z", last: "1970-01-01T14:59:59.999Z" },
    {
      day: "9999-12-31",
      zone: "America/New_York",
      first: "9999-12-31T05:00:00.000Z",
      last: "9999-12-31T23:59:59.999Z",
    },
  ])("begins and ends with $day in $zone", ({ day, first, last, zone: name }) => {
    expect(filterOf(`due:${day}`, now, name)).toStrictEqual({ kind: "time", field: "due", from: first, to: last })
    const [atFirst, atLast] = [due(first), due(last)]
    for (const each of [atFirst, atLast]) {
      expect(matches(`due:${day} due<=${day} due>=${day} -due<${day} -due>${day}`, each, now, name)).toBe(true)
    }
  })

  it.each([
    { at: "2026-01-31T12:00:00.000Z", written: "+1m", day: "2026-02-28" },
    { at: "2028-01-31T12:00:00.000Z", written: "+1m", day: "2028-02-29" },
    { at: "2026-03-31T12:00:00.000Z", written: "-1m", day: "2026-02-28" },
    { at: "2026-11-26T12:00:00.000Z", written: "+2w", day: "2026-12-10" },
    { at: "2026-11-26T12:00:00.000Z", written: "-26d", day: "2026-10-31" },
    { at: "2026-11-26T23:30:00.000Z", written: "today", day: "2026-11-26" },
  ])("is $day for $written on $at", ({ at, day, written }) => {
    expect(filterOf(`due:${written}`, Timestamp.make(at))).toStrictEqual(filterOf(`due:${day}`))
  })

  it("is the one of the time zone", () => {
    const evening = Timestamp.make("2026-11-26T23:30:00.000Z")
    expect(filterOf("due:today", evening, "Europe/Berlin")).toStrictEqual(
      filterOf("due:2026-11-27", now, "Europe/Berlin"),
    )
    expect(filterOf("due:today", evening, "America/Lima")).toStrictEqual(
      filterOf("due:2026-11-26", now, "America/Lima"),
    )
  })

  it("that a zone skipped is empty", () => {
    const skipped = filterOf("due:2011-12-30", now, "Pacific/Apia")
    expect(skipped).toMatchObject({ from: "2011-12-30T10:00:00.000Z", to: "2011-12-30T09:59:59.999Z" })
  })

  it("before all others, and behind them, selects nothing", () => {
    for (const text of ["due<1970-01-01", "due>9999-12-31"]) expect(matches(text, task)).toBe(false)
    expect(matches("due<=9999-12-31 due>=1970-01-01", task)).toBe(true)
  })
})

describe("a time zone", () => {
  it.each(["UTC", "Europe/Berlin", "europe/berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "Asia/Calcutta"])(
    "is known: %s",
    (name) => {
      expect(Result.isSuccess(zoneOf(name))).toBe(true)
    },
  )

  it.each(["", "Berlin", "+01:00", "Europe/Berlin ", "Mars/Olympus", "x".repeat(100_000), "../etc", "\0"])(
    "is unknown: %#",
    (name) => {
      expect(zoneOf(name)).toMatchObject({ failure: { _tag: "UnknownTimeZone" } })
    },
  )

  it("is UTC unless a filter names another", () => {
    expect(zoneOf("UTC")).toStrictEqual(Result.succeed(utc))
  })
})
