/** Holds names, titles and descriptions to their lengths, normalization and visible characters. */
import { describe, expect, it } from "@effect/vitest"
import * as fc from "fast-check"
import { FullName } from "../../domain/accounts/UserAccount.ts"
import { CategoryColor, CategoryName } from "../../domain/categories/Category.ts"
import { TaskDescription, TaskTitle } from "../../domain/tasks/TaskFields.ts"
import { accepts, read } from "../support/decoding.ts"

const trimmedTexts = [
  { name: "TaskTitle", schema: TaskTitle, minimum: 3, maximum: 200 },
  { name: "CategoryName", schema: CategoryName, minimum: 3, maximum: 50 },
  { name: "FullName", schema: FullName, minimum: 1, maximum: 100 },
] as const

const family = "👩🏽‍🌾" // four code points, seven UTF-16 units

/** Each shows nothing at all, or nothing of its own. */
const hiddenCharacters = [
  ..." \u00a0\u1680\u2003\u202f\u205f\u3000",
  ..."\u00ad\u034f\u061c\u115f\u1160\u17b4\u180b\u180e\u200b\u200c\u200d\u200e\u202e\u2060\u2063\u2066\u206f",
  ..."\u2800\u3164\ufe0f\ufeff\uffa0\ufff9\u{1d159}\u{1d173}\u{13441}\u{e0001}\u{e0041}\u{e0100}",
  ..."\u0301\u0338\u0327\u20dd",
  "\u0001",
  "\u0085",
]

describe.each(trimmedTexts)("$name", ({ schema, minimum, maximum }) => {
  const isAccepted = accepts<typeof schema>(schema)
  const reads = read<typeof schema>(schema)

  it("counts code points, at both bounds", () => {
    for (const character of ["a", "é", "～", "🌻"]) {
      expect(isAccepted(character.repeat(minimum))).toBe(true)
      expect(isAccepted(character.repeat(maximum))).toBe(true)
      expect(isAccepted(character.repeat(minimum - 1))).toBe(false)
      expect(isAccepted(character.repeat(maximum + 1))).toBe(false)
    }
  })

  it("trims before it counts", () => {
    expect(reads(` \t\n${"a".repeat(maximum)}\u00a0\ufeff `)).toBe("a".repeat(maximum))
    expect(isAccepted(`  ${"a".repeat(minimum - 1)}  `)).toBe(false)
    expect(isAccepted("        ")).toBe(false)
  })

  it("keeps emoji, quotes, inner space, joiners and bidi controls as they are", () => {
    for (const text of [
      `${family} a`,
      `O'Hara "x" \\ %_`,
      "a  b c",
      "abc \u202e def",
      "\u2067שלום\u2069 abc",
      "می\u200cخواهم",
      "क्\u200dष दूध",
      "น้ำ",
      "दूध",
      "🏳️\u200d🌈 🇩🇪",
      "❤\ufe0f❤\ufe0f❤\ufe0f",
      "𝔘𝔫𝔦",
      "\uffff\ufdd0.",
      "\ue000\ue001\ue002",
    ]) {
      expect(reads(text)).toBe(text)
    }
  })

  it("has one spelling in Unicode: NFC", () => {
    for (const text of ["Café Zürich", "ạ̈bc", "한국어", "ガギグ", "\u1e9b\u0323 xy"]) {
      for (const form of ["NFC", "NFD"]) expect(reads(text.normalize(form))).toBe(text.normalize("NFC"))
    }
    // Compatibility forms are different characters.
    expect(reads("ﬁne Ａ ①")).toBe("ﬁne Ａ ①")
    expect(isAccepted("e\u0301".repeat(maximum))).toBe(true)
    expect(isAccepted("e\u0301".repeat(maximum + 1))).toBe(false)
  })

  it("refuses control characters and line breaks inside", () => {
    for (const control of [
      "\t",
      "\n",
      "\r",
      "\r\n",
      "\v",
      "\f",
      "\u001b",
      "\u007f",
      "\u0085",
      "\u009b",
      "\u2028",
      "\u2029",
    ]) {
      expect(isAccepted(`abc${control}def`), JSON.stringify(control)).toBe(false)
    }
  })

  it("counts towards its minimum only what shows something", () => {
    for (const hidden of hiddenCharacters) {
      expect(isAccepted(hidden.repeat(Math.max(minimum, 4))), JSON.stringify(hidden)).toBe(false)
      expect(isAccepted(`${"a".repeat(minimum - 1)}${hidden.repeat(4)}`), JSON.stringify(hidden)).toBe(false)
      if (!/^[\p{Cc}\p{Zl}\p{Zp}]/u.test(hidden))
        expect(isAccepted(`${"a".repeat(minimum)}${hidden}.`), JSON.stringify(hidden)).toBe(true)
    }
  })

  it("is visible to its minimum, whatever hidden characters stand between", () => {
    const characters = fc.array(fc.constantFrom(...hiddenCharacters, "a", "あ", "🌻"), { maxLength: 40 })
    fc.assert(
      fc.property(characters, (all) => {
        const text = all.join("")
        const visible = all.filter((character) => /[aあ🌻]/u.test(character)).length
        if (isAccepted(text)) expect(visible).toBeGreaterThanOrEqual(minimum)
        else expect(visible < minimum || /[\p{Cc}\u2028\u2029]/u.test(text.trim())).toBe(true)
      }),
    )
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
      expect(isAccepted(input)).toBe(false)
    }
  })

  it.prop("reads every text of its own as itself", [schema], ([text]) => {
    expect(reads(text)).toBe(text)
    expect(reads(` ${text}\n`)).toBe(text)
    const length = [...text].length
    expect(length >= minimum && length <= maximum).toBe(true)
    expect(text.isWellFormed() && !text.includes("\0") && text.trim() === text).toBe(true)
  })
})

describe("TaskDescription", () => {
  const isAccepted = accepts(TaskDescription)

  it("holds up to 2000 code points, and may be empty", () => {
    expect(isAccepted("")).toBe(true)
    expect(isAccepted("🌻".repeat(2000))).toBe(true)
    expect(isAccepted("a".repeat(2001))).toBe(false)
  })

  it("is kept as it is, with its space", () => {
    expect(read(TaskDescription)("  a\r\n\tb  ")).toBe("  a\r\n\tb  ")
  })

  it("refuses NUL and lone surrogates", () => {
    expect(isAccepted("\0")).toBe(false)
    expect(isAccepted("a\udfff")).toBe(false)
  })
})

describe("CategoryColor", () => {
  it("is #RRGGBB in hexadecimal digits of either case", () => {
    for (const color of ["#000000", "#abcdef", "#ABCDEF", "#12aB9f"]) expect(accepts(CategoryColor)(color)).toBe(true)
    for (const color of ["", "#fff", "#12345g", "123456", "#1234567", " #123456", "#123456\n", "red", 0x123456]) {
      expect(accepts(CategoryColor)(color)).toBe(false)
    }
  })
})
