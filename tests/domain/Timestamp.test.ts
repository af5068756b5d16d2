/** Holds timestamps to RFC 3339 and to milliseconds in UTC. */
import { describe, expect, it } from "@effect/vitest"
import { Arbitrary, Schema } from "effect"
import {
  fromMillis,
  maxMillis,
  minMillis,
  plusMillis,
  Timestamp,
  TimestampFromRfc3339,
  toMillis,
} from "../../domain/shared/Timestamp.ts"
import { accepts, read } from "../support/decoding.ts"

const reads = read(TimestampFromRfc3339)
const isRead = accepts(TimestampFromRfc3339)

const millis = Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: minMillis, maximum: maxMillis })))

describe("TimestampFromRfc3339", () => {
  it("reads any offset as the same instant in UTC", () => {
    for (const [text, instant] of [
      ["2026-11-24T16:00:00.000Z", "2026-11-24T16:00:00.000Z"],
      ["2026-11-24T16:00:00Z", "2026-11-24T16:00:00.000Z"],
      ["2026-11-24t16:00:00z", "2026-11-24T16:00:00.000Z"],
      ["2026-11-24T18:30:00+02:30", "2026-11-24T16:00:00.000Z"],
      ["2026-11-24T00:30:00-23:59", "2026-11-25T00:29:00.000Z"],
      ["2026-01-01T00:00:00+01:00", "2025-12-31T23:00:00.000Z"],
      ["2026-11-24T16:00:00-00:00", "2026-11-24T16:00:00.000Z"],
      ["2026-11-24T16:00:00.1Z", "2026-11-24T16:00:00.100Z"],
      ["2026-11-24T16:00:00.12+00:00", "2026-11-24T16:00:00.120Z"],
    ] as const) {
      expect<string>(reads(text), text).toBe(instant)
    }
  })

  it("cuts digits after the millisecond, and never rounds up", () => {
    expect(reads("2026-11-24T16:00:00.123999999Z")).toBe("2026-11-24T16:00:00.123Z")
    expect(reads("2026-12-31T23:59:59.9999Z")).toBe("2026-12-31T23:59:59.999Z")
  })

  it("refuses a missing offset, and every form that is not RFC 3339", () => {
    for (const text of [
      "2026-11-24T16:00:00",
      "2026-11-24T16:00:00.000",
      "2026-11-24",
      "2026-11-24T16:00Z",
      "2026-11-24T16Z",
      "2026-11-24 16:00:00Z",
      "2026-11-24T16:00:00+0200",
      "2026-11-24T16:00:00+02",
      "2026-11-24T16:00:00+24:00",
      "2026-11-24T16:00:00+02:60",
      "2026-11-24T16:00:00,5Z",
      "2026-11-24T16:00:00.Z",
      "26-11-24T16:00:00Z",
      "2026-11-24T16:00:00Z ",
      " 2026-11-24T16:00:00Z",
      "+002026-11-24T16:00:00Z",
      "Tue, 24 Nov 2026 16:00:00 GMT",
      "tomorrow",
      "",
      1_795_536_000_000,
      null,
    ]) {
      expect(isRead(text), String(text)).toBe(false)
    }
  })

  it("knows how many days a month has", () => {
    for (const text of ["2024-02-29", "2000-02-29", "2026-02-28", "2026-04-30", "2026-12-31"]) {
      expect(isRead(`${text}T12:00:00Z`), text).toBe(true)
    }
    for (const text of [
      "2026-02-29",
      "2100-02-29",
      "2024-02-30",
      "2026-04-31",
      "2026-13-01",
      "2026-00-10",
      "2026-01-00",
      "2026-01-32",
    ]) {
      expect(isRead(`${text}T12:00:00Z`), text).toBe(false)
    }
  })

  it("knows no 24:00, no minute 60, and no leap second", () => {
    for (const time of ["24:00:00", "23:60:00", "23:59:60", "25:00:00"]) {
      expect(isRead(`2026-06-30T${time}Z`), time).toBe(false)
    }
    expect(isRead("2026-06-30T23:59:59Z")).toBe(true)
  })

  it("goes from 1970 to 9999, in UTC", () => {
    expect(reads("1970-01-01T00:00:00Z")).toBe(fromMillis(0))
    expect(reads("9999-12-31T23:59:59.999Z")).toBe(fromMillis(maxMillis))
    expect(reads("1969-12-31T23:30:00-01:00")).toBe("1970-01-01T00:30:00.000Z")
    for (const text of [
      "1969-12-31T23:59:59.999Z",
      "1970-01-01T00:30:00+01:00",
      "9999-12-31T23:30:00-01:00",
      "10000-01-01T00:00:00Z",
      "0000-01-01T00:00:00Z",
    ]) {
      expect(isRead(text), text).toBe(false)
    }
  })

  it.prop(
    "reads an instant the same under every offset",
    [millis, Schema.Int.check(Schema.isBetween({ minimum: -1439, maximum: 1439 }))],
    ([instant, offset]) => {
      const local = instant + offset * 60_000
      if (local < minMillis || local > maxMillis) return
      const [hours, minutes] = [Math.trunc(Math.abs(offset) / 60), Math.abs(offset) % 60]
      const suffix = `${offset < 0 ? "-" : "+"}${String(hours).padStart(2, "0")}:${String(minutes).padStart(2, "0")}`
      expect(reads(fromMillis(local).replace("Z", suffix))).toBe(fromMillis(instant))
    },
  )
})

describe("Timestamp", () => {
  it("has one form", () => {
    const isTimestamp = accepts(Timestamp)
    expect(isTimestamp("2026-11-24T16:00:00.000Z")).toBe(true)
    for (const text of [
      "2026-11-24T16:00:00Z",
      "2026-11-24T16:00:00.000+00:00",
      "2026-02-30T16:00:00.000Z",
      "2026-11-24T24:00:00.000Z",
    ]) {
      expect(isTimestamp(text), text).toBe(false)
    }
  })

  it.prop("is ordered as time is, and comes back from milliseconds", [millis, millis], ([one, other]) => {
    expect(toMillis(fromMillis(one))).toBe(one)
    expect(fromMillis(one) < fromMillis(other)).toBe(one < other)
    expect(reads(fromMillis(one))).toBe(fromMillis(one))
  })

  it("moves by milliseconds, and stays within its bounds", () => {
    expect(plusMillis(fromMillis(1000), 500)).toBe(fromMillis(1500))
    expect(plusMillis(fromMillis(1000), -2000)).toBe(fromMillis(0))
    expect(plusMillis(fromMillis(maxMillis), 1)).toBe(fromMillis(maxMillis))
  })

  it("comes of no broken clock", () => {
    for (const broken of [-1, maxMillis + 1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => fromMillis(broken)).toThrow(RangeError)
    }
  })
})
