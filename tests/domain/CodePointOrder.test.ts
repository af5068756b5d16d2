/** Holds the order of texts to the order of code points. */
import { describe, expect, it } from "@effect/vitest"
import { Arbitrary, Schema } from "effect"
import { compareCodePoints } from "../../domain/shared/CodePointOrder.ts"

// Characters at the limits of UTF-8's lengths and around the surrogates, so that short texts often differ there.
const character = Schema.Literals([
  "",
  "a",
  "b",
  "Z",
  "\u007f",
  "\u0080",
  "\u07ff",
  "\u0800",
  "\ud7ff",
  "\ue000",
  "\uffff",
  "\u{10000}",
  "🌻",
  "\u{10ffff}",
])
const text = Arbitrary.map(Arbitrary.array(Arbitrary.schema(character), { maxLength: 5 }), (parts) => parts.join(""))

describe("compareCodePoints", () => {
  it.prop(
    "orders as the UTF-8 bytes do",
    [text, text],
    ([one, other]) => {
      expect(Math.sign(compareCodePoints(one, other))).toBe(Buffer.compare(Buffer.from(one), Buffer.from(other)))
    },
    { arbitrary: { runs: 2000 } },
  )

  it("puts emoji behind every character of one UTF-16 unit", () => {
    expect(compareCodePoints("～", "🌻")).toBeLessThan(0)
    expect("🌻" < "～", "which JavaScript's own order does not").toBe(true)
    expect(compareCodePoints("🌻", "\uffff")).toBeGreaterThan(0)
    expect(compareCodePoints("🌻", "🌼")).toBeLessThan(0)
  })

  it("puts a beginning before the whole", () => {
    expect(compareCodePoints("", "a")).toBeLessThan(0)
    expect(compareCodePoints("ab", "a")).toBeGreaterThan(0)
    expect(compareCodePoints("ab", "ab")).toBe(0)
  })
})
