/** Holds the order of texts to the order of code points. */
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Schema } from "effect"
import { compareCodePoints } from "../../domain/shared/Order.ts"

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
      assert.strictEqual(Math.sign(compareCodePoints(one, other)), Buffer.compare(Buffer.from(one), Buffer.from(other)))
    },
    { arbitrary: { runs: 2000 } },
  )

  it("puts emoji behind every character of one UTF-16 unit", () => {
    assert.isBelow(compareCodePoints("～", "🌻"), 0)
    assert.isTrue("🌻" < "～", "which JavaScript's own order does not")
    assert.isAbove(compareCodePoints("🌻", "\uffff"), 0)
    assert.isBelow(compareCodePoints("🌻", "🌼"), 0)
  })

  it("puts a beginning before the whole", () => {
    assert.isBelow(compareCodePoints("", "a"), 0)
    assert.isAbove(compareCodePoints("ab", "a"), 0)
    assert.strictEqual(compareCodePoints("ab", "ab"), 0)
  })
})
