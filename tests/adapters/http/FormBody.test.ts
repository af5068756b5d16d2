/** Holds form bodies to their fields and their encoding. */
import { describe, expect, it } from "@effect/vitest"
import { Result } from "effect"
import * as fc from "fast-check"
import { parseForm } from "../../../adapters/http/server/request/FormBody.ts"

const parse = (form: string | Buffer) => parseForm(Buffer.from(form), ["token", "password"])

describe("a form's body", () => {
  it("gives back what a browser writes into it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "binary" }), (token, password) => {
        fc.pre(token.isWellFormed() && password.isWellFormed())
        const form = new URLSearchParams({ token, password }).toString()
        expect(Result.getOrThrow(parse(form))).toStrictEqual({ token, password })
      }),
    )
  })

  it("passes over one byte order mark", () => {
    expect(Result.getOrThrow(parse("\ufefftoken=a&password=b"))).toStrictEqual({ token: "a", password: "b" })
    expect(Result.isFailure(parse("\ufeff\ufefftoken=a&password=b"))).toBe(true)
  })

  it("keeps a plus sign apart from a space, and an equals sign in a value", () => {
    expect(Result.getOrThrow(parse("password=a+b%2Bc=d&&token="))).toStrictEqual({ password: "a b+c=d", token: "" })
  })

  it.each([
    ["", "The form lacks the field token."],
    ["token=a", "The form lacks the field password."],
    ["token=a&token=b&password=c", "The form has the field token twice."],
    ["token=a&password=b&other=c", "The form has a field that is not known."],
    ["token=a&password=b&__proto__=c", "The form has a field that is not known."],
    ["token=%zz&password=b", "The form has an escape that is not UTF-8."],
    ["token=%ED%A0%80&password=b", "The form has an escape that is not UTF-8."],
    ["token=%C0%AF&password=b", "The form has an escape that is not UTF-8."],
    [Buffer.from([0x74, 0xff]), "The form is not UTF-8."],
  ])("refuses %j", (form, why) => {
    expect(parse(form)).toStrictEqual(Result.fail(why))
  })
})
