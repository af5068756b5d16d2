/** Holds the command to the time zone that `TZ` names, or to a clear refusal of it. */
import { ConfigProvider, Effect, Result } from "effect"
import { afterEach, describe, expect, it } from "vitest"
import { parseDueDate } from "../../../adapters/cli/arguments/DueDate.ts"
import { adoptZone, localZone } from "../../../adapters/cli/dates/LocalZone.ts"
import { dateTime } from "../../../adapters/cli/output/Dates.ts"

const now = "2026-11-24T16:30:00.000Z"

/** Reads a summer's noon as a process with that `TZ` does, or returns the reason of the refusal. */
const noonIn = (value: string) => {
  process.env["TZ"] = value
  const isKnown = adoptZone(process.env)
  const provider = ConfigProvider.fromEnv({ env: { TZ: value } })
  const zone = Effect.runSync(Effect.result(Effect.provideService(localZone, ConfigProvider.ConfigProvider, provider)))
  expect(isKnown).toBe(Result.isSuccess(zone))
  if (Result.isFailure(zone)) return zone.failure.message
  const noon = Effect.runSync(parseDueDate("2027-07-01 12:00", "due", { now: Date.parse(now), zone: zone.success }))
  const found = Intl.DateTimeFormat().resolvedOptions().timeZone
  const zoneName = found === "Etc/Unknown" ? "UTC" : found
  // A date from the lists can be typed again.
  expect(dateTime(noon, { now: new Date(now), timeZone: zoneName })).toBe("Thu 1 Jul 2027 12:00")
  return noon
}

describe("the time zone of the process", () => {
  const former = process.env["TZ"]
  afterEach(() => {
    if (former === undefined) delete process.env["TZ"]
    else process.env["TZ"] = former
  })

  it.each([
    ["Europe/Berlin", "2027-07-01T10:00:00.000Z"],
    [":Europe/Berlin", "2027-07-01T10:00:00.000Z"],
    ["europe/berlin", "2027-07-01T10:00:00.000Z"],
    [" Europe/Berlin ", "2027-07-01T10:00:00.000Z"],
    ["posix/Europe/Berlin", "2027-07-01T10:00:00.000Z"],
    ["/usr/share/zoneinfo/Europe/Berlin", "2027-07-01T10:00:00.000Z"],
    [":/usr/share/zoneinfo/America/New_York", "2027-07-01T16:00:00.000Z"],
    ["Australia/Lord_Howe", "2027-07-01T01:30:00.000Z"],
    ["EST5EDT", "2027-07-01T16:00:00.000Z"],
    ["Etc/GMT+3", "2027-07-01T15:00:00.000Z"],
    ["UTC", "2027-07-01T12:00:00.000Z"],
    ["UTC0", "2027-07-01T12:00:00.000Z"],
    ["", "2027-07-01T12:00:00.000Z"],
  ])("is that of TZ=%j", (value, expected) => {
    expect(noonIn(value)).toBe(expected)
  })

  it.each([
    ["Europe/Berlni"],
    // Each may mean more than one zone, and the runtime takes them for UTC.
    ["JST"],
    ["BST"],
    ["PST"],
    // POSIX inverts the sign.
    ["+03:00"],
    ["CET-1CEST,M3.5.0,M10.5.0/3"],
    ["FOO-5:30"],
    ["UTC+25"],
    ["/nonexistent/Berlin"],
    ["/usr/share/zoneinfo/Europe/Berlni"],
  ])("is rejected for TZ=%j, and dates are printed in UTC", (value) => {
    expect(noonIn(value)).toBe(`TZ is "${value}", which names no time zone here. Write one like Europe/Berlin.`)
    expect(process.env["TZ"]).toBe("UTC")
  })

  it("is that of the system for /etc/localtime", () => {
    process.env["TZ"] = ":/etc/localtime"
    expect(adoptZone(process.env)).toBe(true)
    expect(process.env["TZ"]).toBeUndefined()
  })
})
