/** Holds passwords to their length in code points, their characters and their normalization. */
import { describe, expect, it } from "@effect/vitest"
import { Password, SubmittedPassword } from "../../domain/accounts/Password.ts"
import { accepts, read } from "../support/decoding.ts"

const isAccepted = accepts(Password)
const reads = read(Password)

describe("Password", () => {
  it("has 8 to 128 code points", () => {
    expect(isAccepted("Abcdef12")).toBe(true)
    expect(isAccepted("Abcde12")).toBe(false)
    expect(isAccepted(`Ab1${"🌻".repeat(125)}`)).toBe(true)
    expect(isAccepted(`Ab1${"🌻".repeat(126)}`)).toBe(false)
  })

  it("has a lower-case letter, an upper-case letter and a digit, of any script", () => {
    for (const text of ["abcdefg1", "ABCDEFG1", "Abcdefgh", "12345678", "        "])
      expect(isAccepted(text), text).toBe(false)
    for (const text of ["Жжжжжжж1", "Éééééééé٣", 'Ab1 with spaces, "quotes" and 🌻'])
      expect(isAccepted(text), text).toBe(true)
  })

  it("keeps its spaces", () => {
    expect(reads("  Abcdef12  ")).toBe("  Abcdef12  ")
  })

  it("is the same however a keyboard composes it", () => {
    const composed = "Pássw\u00f6rd1"
    expect(composed.normalize("NFD")).not.toBe(composed)
    for (const form of ["NFC", "NFD", "NFKC", "NFKD"]) expect(reads(composed.normalize(form))).toBe(composed)
    expect(reads("Ｐａssword１")).toBe("Password1")
    expect<string>(read(SubmittedPassword)(composed.normalize("NFD"))).toBe(reads(composed))
  })

  it("is counted in the form that is kept", () => {
    // Eleven code points decomposed, eight composed.
    expect(isAccepted("A\u0301a\u0301a\u0301aaaa1".normalize("NFD"))).toBe(true)
    expect(isAccepted("A\u0301a\u0301a\u0301aaa1")).toBe(false)
  })

  it("refuses NUL and lone surrogates", () => {
    expect(isAccepted("Abcdef12\0")).toBe(false)
    expect(isAccepted("Abcdef12\ud83d")).toBe(false)
  })
})

describe("OfferedPassword", () => {
  const isOffered = accepts(SubmittedPassword)

  it("need not keep the rules for new ones", () => {
    for (const text of ["a", " ", "password", "🌻".repeat(1024)]) expect(isOffered(text)).toBe(true)
  })

  it("is bounded, so that the work of hashing is", () => {
    for (const text of ["", "a".repeat(1025), "a\0", "a\udc00", 12345678]) expect(isOffered(text)).toBe(false)
  })
})
