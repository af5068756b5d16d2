/** Holds the short hash to its published vectors. */
import { describe, expect, it } from "@effect/vitest"
import { fnv1a } from "../../domain/shared/Fnv1a.ts"

describe("fnv1a", () => {
  it.each([
    ["", 0x811c9dc5],
    ["a", 0xe40c292c],
    ["foobar", 0xbf9cf968],
  ])("has the published value for %j", (text, hash) => {
    expect(fnv1a(text)).toBe(hash)
  })
})
