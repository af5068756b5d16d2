/** Holds `If-Match` and `If-None-Match` to the entity tags of RFC 9110. */
import { Result } from "effect"
import { describe, expect, it } from "vitest"
import { matchesNoneOf, parseIfMatch, tagOf } from "../../../adapters/http/server/request/EntityTags.ts"

describe("If-None-Match", () => {
  it.each([
    ['"7"', true],
    ['W/"7"', true],
    ['"6", W/"7"', true],
    ['"6","7" , "8"', true],
    ["*", true],
    ['"7.abc"', false],
    ['"70"', false],
    ["7", false],
    ['"6", "8"', false],
    ['"6", *', false],
    ["", false],
    ['"', false],
  ])("%s against version 7: %s", (header, is) => {
    expect(matchesNoneOf(header, '"7"')).toBe(is)
  })

  it("compares the whole tag, commas and marks of weakness included", () => {
    expect(matchesNoneOf('"7.a,b"', '"7.a,b"')).toBe(true)
    expect(matchesNoneOf('"x", "7.a,b"', 'W/"7.a,b"')).toBe(true)
    expect(matchesNoneOf('"7.a"', '"7.b"')).toBe(false)
    expect(matchesNoneOf(undefined, '"7"')).toBe(false)
  })
})

describe("If-Match", () => {
  it.each<readonly [string, ReadonlyArray<number> | "any" | "invalid"]>([
    ["*", "any"],
    [" * ", "any"],
    ['"7"', [7]],
    ['W/"7"', [7]],
    ['"7-gzip"', [7]],
    ['"7--br"', [7]],
    ['"7.AbC-_12"', [7]],
    ['W/"7.AbC;gzip"', [7]],
    ['"007"', [7]],
    ["7", [7]],
    ['"7", W/"8-gzip",9', [7, 8, 9]],
    [', "7",, "8",', [7, 8]],
    ['"7,8"', [7]],
    ['"0"', []],
    ['"0", "7"', [7]],
    ['"99999999999999999999"', [2147483647]],
    ['"2147483648"', [2147483647]],
    ["", "invalid"],
    [",", "invalid"],
    ['""', "invalid"],
    ['"abc"', "invalid"],
    ['"-7"', "invalid"],
    ['" 7"', "invalid"],
    ['"*"', "invalid"],
    ['*, "7"', "invalid"],
    ['"7" "8"', "invalid"],
    ['"7", "abc"', "invalid"],
    ['"7', "invalid"],
    ['7"', "invalid"],
    ["abc", "invalid"],
    ["7.5", "invalid"],
    ["W/7", "invalid"],
  ])("%s: %j", (header, expected) => {
    const read = parseIfMatch(header)
    expect(Result.isSuccess(read) ? read.success : "invalid").toEqual(expected)
  })
})

it.each(["1", " ", ",", '"', '"7', '"7",', "W/"])("reads a megabyte of %j in linear time", (part) => {
  const header = `,${part.repeat(2 ** 20 / part.length)}x`
  expect(Result.isFailure(parseIfMatch(header))).toBe(true)
  expect(matchesNoneOf(header, '"8"')).toBe(false)
})

describe("the tag of a representation", () => {
  it("is strong, and another one for other bytes", () => {
    expect(tagOf("a")).toMatch(/^"[\w-]{16}"$/)
    expect(tagOf("a")).toBe(tagOf("a"))
    expect(tagOf("a")).not.toBe(tagOf("b"))
    expect(tagOf("ä")).toBe(tagOf(Buffer.from("ä")))
  })
})
