import { assert, describe, it } from "@effect/vitest"
import { FullName } from "../../domain/accounts/UserAccount.ts"
import { CategoryColor, CategoryName } from "../../domain/categories/Category.ts"
import { TaskDescription, TaskTitle } from "../../domain/tasks/Task.ts"
import { accepts, read } from "../support/decoding.ts"

const trimmedTexts = [
  { name: "TaskTitle", schema: TaskTitle, minimum: 3, maximum: 200 },
  { name: "CategoryName", schema: CategoryName, minimum: 3, maximum: 50 },
  { name: "FullName", schema: FullName, minimum: 1, maximum: 100 },
] as const

const family = "👩🏽‍🌾" // four code points, seven UTF-16 units

describe.each(trimmedTexts)("$name", ({ schema, minimum, maximum }) => {
  const isAccepted = accepts<typeof schema>(schema)
  const reads = read<typeof schema>(schema)

  it("counts code points, at both bounds", () => {
    for (const character of ["a", "é", "～", "🌻"]) {
      assert.isTrue(isAccepted(character.repeat(minimum)))
      assert.isTrue(isAccepted(character.repeat(maximum)))
      assert.isFalse(isAccepted(character.repeat(minimum - 1)))
      assert.isFalse(isAccepted(character.repeat(maximum + 1)))
    }
  })

  it("trims before it counts", () => {
    assert.strictEqual(reads(` \t\n${"a".repeat(maximum)}\u00a0\ufeff `), "a".repeat(maximum))
    assert.isFalse(isAccepted(`  ${"a".repeat(minimum - 1)}  `))
    assert.isFalse(isAccepted("        "))
  })

  it("keeps emoji, quotes, inner space and bidi controls as they are", () => {
    for (const text of [`${family} a`, `O'Hara "x" \\ %_`, "a  b\tc", "abc \u202e def", "e\u0301e\u0301e\u0301"]) {
      assert.strictEqual(reads(text), text)
    }
  })

  it("refuses NUL, lone surrogates, and what is no text", () => {
    for (const input of [
      "ab\0cd",
      "abc\ud800",
      "\udc00abc",
      "ab\ude00\ud83dcd",
      12345,
      null,
      undefined,
      ["abcd"],
      {},
    ]) {
      assert.isFalse(isAccepted(input))
    }
  })

  it.prop("reads every text of its own as itself", [schema], ([text]) => {
    assert.strictEqual(reads(text), text)
    assert.strictEqual(reads(` ${text}\n`), text)
    const length = [...text].length
    assert.isTrue(length >= minimum && length <= maximum)
    assert.isTrue(text.isWellFormed() && !text.includes("\0") && text.trim() === text)
  })
})

describe("TaskDescription", () => {
  const isAccepted = accepts(TaskDescription)

  it("holds up to 2000 code points, and may be empty", () => {
    assert.isTrue(isAccepted(""))
    assert.isTrue(isAccepted("🌻".repeat(2000)))
    assert.isFalse(isAccepted("a".repeat(2001)))
  })

  it("is kept as it is, with its space", () => {
    assert.strictEqual(read(TaskDescription)("  a\r\n\tb  "), "  a\r\n\tb  ")
  })

  it("refuses NUL and lone surrogates", () => {
    assert.isFalse(isAccepted("\0"))
    assert.isFalse(isAccepted("a\udfff"))
  })
})

describe("CategoryColor", () => {
  it("is #RRGGBB in hexadecimal digits of either case", () => {
    for (const color of ["#000000", "#abcdef", "#ABCDEF", "#12aB9f"]) assert.isTrue(accepts(CategoryColor)(color))
    for (const color of ["", "#fff", "#12345g", "123456", "#1234567", " #123456", "#123456\n", "red", 0x123456]) {
      assert.isFalse(accepts(CategoryColor)(color))
    }
  })
})
