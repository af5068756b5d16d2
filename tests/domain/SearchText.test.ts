/** Holds the texts that searches compare to their folding, and to their order. */
import { describe, expect, it } from "@effect/vitest"
import { Arbitrary, Schema } from "effect"
import { fold, searchTextOf } from "../../domain/tasks/SearchText.ts"
import { matches, titled } from "./filters.ts"

describe("a folded text", () => {
  it.each(["\u0390", "\u03b0", "\u01f0", "\u1e96", "\u1fd7", "\u1fe4"])(
    "is the same for %s in upper case",
    (letter) => {
      expect(letter.toUpperCase()).not.toHaveLength(1)
      expect(fold(letter.toUpperCase())).toBe(fold(letter))
      expect(matches(letter, titled(`a ${letter.toUpperCase()} b`.normalize("NFC")))).toBe(true)
    },
  )
})

describe("a search text", () => {
  it.prop("is the same when it is folded again", [Arbitrary.schema(Schema.String)], ([text]) => {
    expect(fold(fold(text))).toBe(fold(fold(fold(text))))
  })

  it("has the title before the description", () => {
    expect(searchTextOf(titled("Ärger", "ÜBER"))).toBe("ärger\u001füber")
    expect(searchTextOf(titled("Buy"))).toBe("buy\u001f")
  })
})
