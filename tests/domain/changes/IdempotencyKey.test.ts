/** Holds idempotency keys to their syntax. */
import { describe, expect, it } from "@effect/vitest"
import { Result, Schema } from "effect"
import * as fc from "fast-check"
import { IdempotencyKey, parse } from "../../../domain/changes/IdempotencyKey.ts"

const visible = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code))
const key = fc.array(visible, { minLength: 1, maxLength: 255 }).map((characters) => characters.join(""))
const quote = (text: string): string => `"${text.replaceAll(/["\\]/g, "\\$&")}"`

describe("parse", () => {
  it("reads every key in its quoted form", () => {
    fc.assert(
      fc.property(key, (text) => {
        expect(Result.getOrThrow(parse(quote(text)))).toBe(text)
      }),
    )
  })

  it("reads every key that begins with no quote as it is", () => {
    fc.assert(
      fc.property(key, (text) => {
        fc.pre(!text.startsWith('"'))
        expect(Result.getOrThrow(parse(text))).toBe(text)
      }),
    )
  })

  it("reads a quoted and a bare spelling as the same key", () => {
    expect(parse('"8e03978e-40d5-43dd-bc93-6894a57f9324"')).toStrictEqual(parse("8e03978e-40d5-43dd-bc93-6894a57f9324"))
  })

  it("reads only keys, and never throws", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.string().map(quote)), (text) => {
        const read = parse(text)
        if (Result.isSuccess(read)) expect(Schema.is(IdempotencyKey)(read.success)).toBe(true)
      }),
    )
  })

  it.each([
    ["an empty text", ""],
    ["an empty string", '""'],
    ["a space", "one two"],
    ["a quoted space", '"one two"'],
    ["a tab", "one\ttwo"],
    ["a character beyond ASCII", "schlüssel"],
    ["an open quote", '"one'],
    ["a lone quote", '"'],
    ["a quote within", '"one"two"'],
    ["an escaped end", '"one\\"'],
    ["another escape", '"o\\ne"'],
    ["a parameter", '"one";a=1'],
    ["two keys", '"one", "two"'],
  ])("refuses %s", (_, text) => {
    expect(Result.getOrThrow(Result.flip(parse(text)))._tag).toBe("InvalidIdempotencyKey")
  })

  it("refuses a key of more than 255 characters, and a header of any length", () => {
    expect(Result.isSuccess(parse("k".repeat(255)))).toBe(true)
    expect(Result.isSuccess(parse(quote('"'.repeat(255))))).toBe(true)
    for (const text of ["k".repeat(256), quote("k".repeat(256)), "k".repeat(1_000_000), `"${"\\".repeat(1_000_000)}`]) {
      expect(Result.isFailure(parse(text))).toBe(true)
    }
  })
})
