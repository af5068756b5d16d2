/** Holds the limit of nesting to what a plain count of the brackets outside of strings says. */
import * as FastCheck from "fast-check"
import { describe, expect, it } from "vitest"
import { exceedsMaxNesting, maxNesting } from "../../../adapters/http/server/request/BodyLimits.ts"

/** Looks at each character. */
const deepestNesting = (json: string): number => {
  let [depth, deepest] = [0, 0]
  const withoutStrings = json.replaceAll(/"(?:[^"\\]|\\.)*(?:"|\\?$)/gs, "")
  for (const character of withoutStrings) {
    if ("[{".includes(character)) depth++
    if ("]}".includes(character)) depth--
    deepest = Math.max(deepest, depth)
  }
  return deepest
}

const texts = FastCheck.array(FastCheck.constantFrom("[[[[", "{{", "]", "}", '"', "\\", "a", " "), {
  minLength: 30,
  maxLength: 120,
  size: "max",
}).map((parts) => parts.join(""))

describe("exceedsMaxNesting", () => {
  it("finds a bracket too many, and none in strings, in any text", () => {
    let exceeding = 0
    FastCheck.assert(
      FastCheck.property(texts, (text) => {
        const exceeds = deepestNesting(text) > maxNesting
        if (exceeds) exceeding++
        expect(exceedsMaxNesting(text)).toBe(exceeds)
      }),
      { numRuns: 2_000 },
    )
    expect(exceeding).toBeGreaterThan(20)
  })

  it("sees strings that end in backslashes", () => {
    const deep = "[".repeat(maxNesting + 1)
    expect(exceedsMaxNesting(`"\\\\",${deep}`)).toBe(true)
    expect(exceedsMaxNesting(`"\\",${deep}"`)).toBe(false)
    expect(exceedsMaxNesting(`"${deep}`)).toBe(false)
  })
})
