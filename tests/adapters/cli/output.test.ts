/** Holds the command's output to safe text, fitting tables and short ids. */
import { assert, describe, it } from "vitest"
import { makeStyle } from "../../../adapters/cli/output/Style.ts"
import { table, truncate, widthOf } from "../../../adapters/cli/output/Table.ts"
import { escapeControl, escapeControlJson, escapeControlLines } from "../../../adapters/cli/output/TerminalText.ts"
import { isNamedBy, isShortId, shortIds } from "../../../adapters/cli/ShortId.ts"
import { userDirectoriesOf } from "../../../adapters/cli/session/UserDirectories.ts"

const style = (width: number | null, canColor = false) => makeStyle({ canColor, width, now: new Date(0) })

describe("escaped text", () => {
  it("contains no control characters, in one line or several", () => {
    const nasty = "a\u001b[2J\u0000\u009b1m\u007f\r\nb\u202ec\ufeff"
    assert.equal(escapeControl(nasty), "a\\u001b[2J\\u0000\\u009b1m\\u007f b\\u202ec\\ufeff")
    assert.equal(escapeControlLines("a\u001b\nb"), "a\\u001b\nb")
    assert.equal(escapeControl("Grüße 🥛 日本"), "Grüße 🥛 日本")
    assert.notMatch(escapeControlJson({ nasty }), /[\u0000-\u001f\u007f-\u009f\u202e\ufeff]/)
    assert.deepEqual(JSON.parse(escapeControlJson({ nasty })), { nasty })
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
    assert.equal(lines.length, 3)
    for (const line of lines) assert.isAtMost(widthOf(line), width, line)
    if (width <= 40) assert.include(lines[2], "…")
  })

  it("is not truncated without a terminal, and its columns are aligned", () => {
    const lines = table(columns, style(null)).split("\n")
    assert.include(lines[2], "Buy milk 🥛 and eggs and bread")
    assert.equal(widthOf(lines[1]?.split("home")[0] ?? ""), widthOf(lines[0]?.split("TAGS")[0] ?? ""))
  })

  it("has colours only if the style has them", () => {
    const painted = [{ header: "A", cells: ["x"], paint: style(null, true).red }]
    assert.include(table(painted, style(null, true)), "\u001b[31mx\u001b[0m")
    assert.equal(table([{ header: "A", cells: ["x"], paint: style(null).red }], style(null)), "A\nx")
  })

  it("is truncated between graphemes", () => {
    assert.equal(truncate("👩‍👩‍👧 family", 4), "👩‍👩‍👧…")
    assert.equal(truncate("short", 5), "short")
  })
})

describe("a short id", () => {
  const [one, other] = ["0193a5ae-3c44-7a90-b6f7-1d2c3b4a5968", "0193a5ae-3c44-7a90-b6f7-1d2c3b4b5968"]

  it("is the shortest end of an id that differs from the others", () => {
    assert.deepEqual(shortIds([]), [])
    assert.deepEqual(shortIds([one]), ["5968"])
    assert.deepEqual(shortIds([one, other]), ["a5968", "b5968"])
    assert.deepEqual(shortIds([one, one]), ["5968", "5968"])
    const apart = "1193a5ae-3c44-7a90-b6f7-1d2c3b4a5968"
    assert.deepEqual(shortIds([one, apart]), [one, apart])
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
      assert.isTrue(isShortId(text) && isNamedBy(one, text), text)
    }
    for (const text of ["", "-", "--", "968", "9-6-8", "zzzz", "5968 ", "0".repeat(37), "0193 a5ae"]) {
      assert.isFalse(isShortId(text), text)
    }
    for (const text of ["0193a5a", "5967", "3c44"]) assert.isFalse(isNamedBy(one, text), text)
  })
})

it("files are in the directories of the platform", () => {
  assert.deepEqual(userDirectoriesOf({}, "linux", "/home/ada"), {
    config: "/home/ada/.config/taskwright",
    data: "/home/ada/.local/share/taskwright",
  })
  assert.deepEqual(userDirectoriesOf({ XDG_CONFIG_HOME: "/c", XDG_DATA_HOME: "/d" }, "darwin", "/home/ada"), {
    config: "/c/taskwright",
    data: "/d/taskwright",
  })
  assert.equal(userDirectoriesOf({ APPDATA: "/roaming" }, "win32", "/home").config, "/roaming/taskwright")
  assert.equal(userDirectoriesOf({ TASKWRIGHT_CONFIG_DIR: "/own", APPDATA: "/r" }, "win32", "/home").config, "/own")
})
