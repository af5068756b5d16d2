/** Tests how answers are kept within their size. */
import { describe, expect, it } from "@effect/vitest"
import { fittingCount, maxAnswerTokens, shorten, tokensOf } from "../../../adapters/mcp/AnswerLimit.ts"

describe("an answer", () => {
  it("has as many items as fit, and at least one", () => {
    const items = Array.from({ length: 1_000 }, (_, index) => ({ index, text: "é".repeat(50) }))
    const count = fittingCount(items)
    expect(count).toBeGreaterThan(50)
    expect(tokensOf(items.slice(0, count))).toBeLessThan(maxAnswerTokens)
    expect(fittingCount(items.slice(0, 3))).toBe(3)
    expect(fittingCount([])).toBe(0)
    expect(fittingCount(["x".repeat(100_000), "y"])).toBe(1)
  })

  it("cuts a text between characters, and marks it", () => {
    expect(shorten("milk", 4)).toBe("milk")
    expect(shorten("milk!", 4)).toBe("mil…")
    expect(shorten("🥛🥛🥛", 3)).toBe("🥛🥛🥛")
    expect(shorten("🥛🥛🥛🥛", 3)).toBe("🥛🥛…")
  })
})
