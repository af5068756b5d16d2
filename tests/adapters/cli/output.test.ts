import { assert, describe, it } from "vitest"
import { plain, plainJson, plainLines } from "../../../adapters/cli/output/Plain.ts"
import { makeStyle } from "../../../adapters/cli/output/Style.ts"
import { cut, table, widthOf } from "../../../adapters/cli/output/Table.ts"
import { prefixLength } from "../../../adapters/cli/output/TaskViews.ts"
import { userFoldersOf } from "../../../adapters/cli/UserFolders.ts"

const style = (width: number | null, canColor = false) => makeStyle({ canColor, width, now: new Date(0) })

describe("text of others", () => {
  it("moves no cursor, in one line or several", () => {
    const nasty = "a\u001b[2J\u0000\u009b1m\u007f\r\nb\u202ec\ufeff"
    assert.equal(plain(nasty), "a\\u001b[2J\\u0000\\u009b1m\\u007f b\\u202ec\\ufeff")
    assert.equal(plainLines("a\u001b\nb"), "a\\u001b\nb")
    assert.equal(plain("Grüße 🥛 日本"), "Grüße 🥛 日本")
    assert.notMatch(plainJson({ nasty }), /[\u0000-\u001f\u007f-\u009f\u202e\ufeff]/)
    assert.deepEqual(JSON.parse(plainJson({ nasty })), { nasty })
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

  it("is cut nowhere else, and its columns stand under each other", () => {
    const lines = table(columns, style(null)).split("\n")
    assert.include(lines[2], "Buy milk 🥛 and eggs and bread")
    assert.equal(widthOf(lines[1]?.split("home")[0] ?? ""), widthOf(lines[0]?.split("TAGS")[0] ?? ""))
  })

  it("has colours only where they are wanted", () => {
    const painted = [{ header: "A", cells: ["x"], paint: style(null, true).red }]
    assert.include(table(painted, style(null, true)), "\u001b[31mx\u001b[0m")
    assert.equal(table([{ header: "A", cells: ["x"], paint: style(null).red }], style(null)), "A\nx")
  })

  it("cuts between characters as people see them", () => {
    assert.equal(cut("👩‍👩‍👧 family", 4), "👩‍👩‍👧…")
    assert.equal(cut("short", 5), "short")
  })
})

it("ids are shown as far as they differ", () => {
  assert.equal(prefixLength([]), 8)
  assert.equal(prefixLength(["0193a5ae-3c44"]), 8)
  assert.equal(prefixLength(["0193a5ae-3c44", "0193a5ae-3d44"]), 11)
})

it("files are where the platform has them", () => {
  assert.deepEqual(userFoldersOf({}, "linux", "/home/ada"), {
    config: "/home/ada/.config/taskwright",
    data: "/home/ada/.local/share/taskwright",
  })
  assert.deepEqual(userFoldersOf({ XDG_CONFIG_HOME: "/c", XDG_DATA_HOME: "/d" }, "darwin", "/home/ada"), {
    config: "/c/taskwright",
    data: "/d/taskwright",
  })
  assert.equal(userFoldersOf({ APPDATA: "/roaming" }, "win32", "/home").config, "/roaming/taskwright")
  assert.equal(userFoldersOf({ TASKWRIGHT_CONFIG_DIR: "/own", APPDATA: "/r" }, "win32", "/home").config, "/own")
})
