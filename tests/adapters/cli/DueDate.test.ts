import { Effect, Result } from "effect"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { type DayEdge, isEndOfDay, parseDueDate } from "../../../adapters/cli/DueDate.ts"

const zone = process.env["TZ"]
beforeAll(() => {
  process.env["TZ"] = "Europe/Berlin"
})
afterAll(() => {
  if (zone === undefined) delete process.env["TZ"]
  else process.env["TZ"] = zone
})

const parse = (text: string, now: Date, edge: DayEdge = "end") =>
  Effect.runPromise(Effect.result(parseDueDate(text, now, edge)))

describe("a due date as people write it", () => {
  // A Tuesday, half past five in the afternoon in Berlin.
  const now = () => new Date("2026-11-24T16:30:00.000Z")

  it.each([
    ["tomorrow 9:00", "2026-11-25T08:00:00.000Z"],
    ["tomorrow", "2026-11-25T22:59:59.000Z"],
    ["today 18:00", "2026-11-24T17:00:00.000Z"],
    ["fri", "2026-11-27T22:59:59.000Z"],
    ["next monday", "2026-11-30T22:59:59.000Z"],
    ["monday 9am", "2026-11-30T08:00:00.000Z"],
    ["2026-12-24", "2026-12-24T22:59:59.000Z"],
    ["2026-12-24 18:00", "2026-12-24T17:00:00.000Z"],
    ["24 dec 18:00", "2026-12-24T17:00:00.000Z"],
    ["+3d", "2026-11-27T22:59:59.000Z"],
    ["+2h", "2026-11-24T18:30:00.000Z"],
    ["+1w", "2026-12-01T22:59:59.000Z"],
    ["  in 2 hours ", "2026-11-24T18:30:00.000Z"],
    ["2026-12-24T18:00:00-05:00", "2026-12-24T23:00:00.000Z"],
    // The other side of the change of clocks: summer time.
    ["2027-06-01 12:00", "2027-06-01T10:00:00.000Z"],
    // The clocks skip this hour.
    ["2027-03-28 02:30", "2027-03-28T01:30:00.000Z"],
  ])("%s", async (text, expected) => {
    assert.strictEqual<string>(Result.getOrThrow(await parse(text, now())), expected)
  })

  it.each([
    "2026-02-30",
    "2026-13-01",
    "1/2/2027",
    "last friday",
    "3 days ago",
    "milk tomorrow",
    "tomorrow at 25:00",
    "12",
    "monday to friday",
    "",
    "soon",
  ])("%s is none", async (text) => {
    const result = await parse(text, now())
    assert.isTrue(Result.isFailure(result), JSON.stringify(result))
  })

  it("begins with its day where a span begins, and its end is known as one", async () => {
    assert.equal(Result.getOrThrow(await parse("2026-12-24", now(), "start")), "2026-12-23T23:00:00.000Z")
    assert.isTrue(isEndOfDay(new Date(Result.getOrThrow(await parse("fri", now())))))
    assert.isFalse(isEndOfDay(new Date(Result.getOrThrow(await parse("fri 9:00", now())))))
  })
})
