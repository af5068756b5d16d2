/** Holds the parts of a title to their grammar: what is taken out, what stays, and what is refused. */
import { Result } from "effect"
import { describe, expect, it } from "vitest"
import { readTitleParts } from "../../../adapters/cli/arguments/TitleParts.ts"

const nothing = { priority: undefined, categories: [], due: undefined }

describe("a title with parts", () => {
  it.each([
    ["Buy milk", { ...nothing, title: "Buy milk" }],
    ["  Buy \t milk ", { ...nothing, title: "Buy milk" }],
    ["Pay rent tomorrow p1 @home", { title: "Pay rent", priority: "high", categories: ["home"], due: "tomorrow" }],
    [
      "p2 @home @work Pay rent",
      { title: "Pay rent", priority: "medium", categories: ["home", "work"], due: undefined },
    ],
    ["Pay @home rent P3 @home", { title: "Pay rent", priority: "low", categories: ["home"], due: undefined }],
    ["Pay rent by friday 9:00", { ...nothing, title: "Pay rent", due: "friday 9:00" }],
    ["Pay rent due 24 dec", { ...nothing, title: "Pay rent", due: "24 dec" }],
    ["Pay rent on thu 24 dec 2026 18:30", { ...nothing, title: "Pay rent", due: "on thu 24 dec 2026 18:30" }],
    ["Pay rent in 3 days", { ...nothing, title: "Pay rent", due: "in 3 days" }],
    ["Pay rent @home +3d", { ...nothing, title: "Pay rent", categories: ["home"], due: "+3d" }],
    ["Pay rent 2026-12-24T18:00:00+01:00", { ...nothing, title: "Pay rent", due: "2026-12-24T18:00:00+01:00" }],
    // The day of such a date is refused later, with a spelling that works.
    ["Pay rent next friday", { ...nothing, title: "Pay rent", due: "next friday" }],
    // A date that is not at the end is text, and so is a word behind a backslash.
    ["Read tomorrow never dies", { ...nothing, title: "Read tomorrow never dies" }],
    ["Watch \\tomorrow", { ...nothing, title: "Watch tomorrow" }],
    ["Mail \\@ada a \\p1 cable", { ...nothing, title: "Mail @ada a p1 cable" }],
    // Neither a category nor a priority.
    ["Write to ada@example.com @ p10 p0 p", { ...nothing, title: "Write to ada@example.com @ p10 p0 p" }],
    ["tomorrow", { ...nothing, title: "", due: "tomorrow" }],
    ["", { ...nothing, title: "" }],
  ])("%j is read in full", (text, parts) => {
    expect(Result.getOrThrow(readTitleParts(text))).toStrictEqual(parts)
  })

  it.each([
    ["Pay rent p1 p2", "more than one priority"],
    ["Pay rent 5/6", "depends on the country"],
    ["Pay rent tomorrow at 9", "ends with a number alone"],
    ["Pay rent tomorrow morning", "names no time of day"],
  ])("%j is refused with the reason", (text, reason) => {
    expect(Result.getOrThrow(Result.flip(readTitleParts(text)))).toContain(reason)
  })

  it("is read in a time that does not explode with its length", () => {
    const long = Array.from({ length: 20_000 }, (_, index) => `@c${index} in a ${index}`).join(" ")
    expect(Result.isSuccess(readTitleParts(long))).toBe(true)
  })
})
