/** Holds the command's output to safe text, fitting tables and short ids. */
import { describe, expect, it } from "vitest"
import { makeStyle } from "../../../adapters/cli/output/Style.ts"
import { table, truncate, widthOf } from "../../../adapters/cli/output/Table.ts"
import { escapeControl, escapeControlJson, escapeControlLines } from "../../../adapters/cli/output/TerminalText.ts"
import { isNamedBy, isShortId, shortIds } from "../../../adapters/cli/ShortId.ts"
import { userDirectoriesOf } from "../../../adapters/cli/session/UserDirectories.ts"

const style = (width: number | null, canColor = false) => makeStyle({ canColor, width, now: new Date(0) })

describe("escaped text", () => {
  it("contains no control characters, in one line or several", () => {
    const nasty = "a\u001b[2J\u0000\u009b1m\u007f\r\nb\u202ec\ufeff"
    expect(escapeControl(nasty)).toBe("a\\u001b[2J\\u0000\\u009b1m\\u007f b\\u202ec\\ufeff")
    expect(escapeControlLines("a\u001b\nb")).toBe("a\\u001b\nb")
    expect(escapeControl("Grüße 🥛 日本")).toBe("Grüße 🥛 日本")
    expect(escapeControlJson({ nasty })).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e\ufeff]/)
    expect(JSON.parse(escapeControlJson({ nasty }))).toStrictEqual({ nasty })
  })
})

describe("a table", () => {
  const columns = [
    { header: "#", cells: ["1", "2"] },
    { header: "TITLE", cells: ["日本語の長いタイトルです", "Buy milk 🥛 and eggs and bread"], isFlexible: true },
    { header: "TAGS", cells: ["home, work, errands", ""], isFlexible: true },
  ]

  it.each([80, 60, 40, 30, 24])("is no wider than a terminal of %i columns", (width) => {
    const lines = table(columns, style(width)).split("\n")
    expect(lines.length).toBe(3)
    for (const line of lines) expect(widthOf(line), line).toBeLessThanOrEqual(width)
    if (width <= 40) expect(lines[2]).toContain("…")
  })

  it("is not truncated in a wide terminal, and its columns are aligned", () => {
    const lines = table(columns, style(200)).split("\n")
    expect(lines[2]).toContain("Buy milk 🥛 and eggs and bread")
    expect(widthOf(lines[1]?.split("home")[0] ?? "")).toBe(widthOf(lines[0]?.split("TAGS")[0] ?? ""))
  })

  it("has colours only if the style has them", () => {
    const painted = [{ header: "A", cells: ["x"], paint: style(80, true).red }]
    expect(table(painted, style(80, true))).toContain("\u001b[31mx\u001b[0m")
    expect(table([{ header: "A", cells: ["x"], paint: style(80).red }], style(80))).toBe("A\nx")
  })

  it("is truncated between graphemes", () => {
    expect(truncate("👩‍👩‍👧 family", 4)).toBe("👩‍👩‍👧…")
    expect(truncate("short", 5)).toBe("short")
  })
})

describe("a short id", () => {
  const [one, other] = ["0193a5ae-3c44-7a90-b6f7-1d2c3b4a5968", "0193a5ae-3c44-7a90-b6f7-1d2c3b4b5968"]

  it("is the shortest end of an id that differs from the others", () => {
    expect(shortIds([])).toStrictEqual([])
    expect(shortIds([one])).toStrictEqual(["5968"])
    expect(shortIds([one, other])).toStrictEqual(["a5968", "b5968"])
    expect(shortIds([one, one])).toStrictEqual(["5968", "5968"])
    const apart = "1193a5ae-3c44-7a90-b6f7-1d2c3b4a5968"
    expect(shortIds([one, apart])).toStrictEqual([one, apart])
  })

  it("matches an id by its end or a longer beginning, with or without dashes", () => {
    for (const text of [
      "5968",
      "b6f7-1d2c3b4a5968",
      "b6f71d2c3b4a5968",
      "0193a5ae",
      "0193a5ae-3c44-",
      "0193a5ae3c",
      one,
    ]) {
      expect(isShortId(text) && isNamedBy(one, text), text).toBe(true)
    }
    for (const text of ["", "-", "--", "968", "9-6-8", "zzzz", "5968 ", "0".repeat(37), "0193 a5ae"]) {
      expect(isShortId(text), text).toBe(false)
    }
    for (const text of ["0193a5a", "5967", "3c44"]) expect(isNamedBy(one, text), text).toBe(false)
  })
})

it("files are in the directories of the platform", () => {
  expect(userDirectoriesOf({}, "linux", "/home/ada")).toStrictEqual({
    config: "/home/ada/.config/taskwright",
    data: "/home/ada/.local/share/taskwright",
  })
  expect(userDirectoriesOf({ XDG_CONFIG_HOME: "/c", XDG_DATA_HOME: "/d" }, "darwin", "/home/ada")).toStrictEqual({
    config: "/c/taskwright",
    data: "/d/taskwright",
  })
  expect(userDirectoriesOf({ APPDATA: "/roaming" }, "win32", "/home").config).toBe("/roaming/taskwright")
  expect(userDirectoriesOf({ TASKWRIGHT_CONFIG_DIR: "/own", APPDATA: "/r" }, "win32", "/home").config).toBe("/own")
})
