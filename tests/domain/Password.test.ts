/** Holds passwords to their length in code points, their characters and their normalization. */
import { assert, describe, it } from "@effect/vitest"
import { Password, SubmittedPassword } from "../../domain/accounts/Password.ts"
import { accepts, read } from "../support/decoding.ts"

const isAccepted = accepts(Password)
const reads = read(Password)

describe("Password", () => {
  it("has 8 to 128 code points", () => {
    assert.isTrue(isAccepted("Abcdef12"))
    assert.isFalse(isAccepted("Abcde12"))
    assert.isTrue(isAccepted(`Ab1${"🌻".repeat(125)}`))
    assert.isFalse(isAccepted(`Ab1${"🌻".repeat(126)}`))
  })

  it("has a lower-case letter, an upper-case letter and a digit, of any script", () => {
    for (const text of ["abcdefg1", "ABCDEFG1", "Abcdefgh", "12345678", "        "])
      assert.isFalse(isAccepted(text), text)
    for (const text of ["Жжжжжжж1", "Éééééééé٣", 'Ab1 with spaces, "quotes" and 🌻'])
      assert.isTrue(isAccepted(text), text)
  })

  it("keeps its spaces", () => {
    assert.strictEqual(reads("  Abcdef12  "), "  Abcdef12  ")
  })

  it("is the same however a keyboard composes it", () => {
    const composed = "Pássw\u00f6rd1"
    assert.notStrictEqual(composed.normalize("NFD"), composed)
    for (const form of ["NFC", "NFD", "NFKC", "NFKD"]) assert.strictEqual(reads(composed.normalize(form)), composed)
    assert.strictEqual(reads("Ｐａssword１"), "Password1")
    assert.strictEqual<string>(read(SubmittedPassword)(composed.normalize("NFD")), reads(composed))
  })

  it("is counted in the form that is kept", () => {
    // Eleven code points decomposed, eight composed.
    assert.isTrue(isAccepted("A\u0301a\u0301a\u0301aaaa1".normalize("NFD")))
    assert.isFalse(isAccepted("A\u0301a\u0301a\u0301aaa1"))
  })

  it("refuses NUL and lone surrogates", () => {
    assert.isFalse(isAccepted("Abcdef12\0"))
    assert.isFalse(isAccepted("Abcdef12\ud83d"))
  })
})

describe("OfferedPassword", () => {
  const isOffered = accepts(SubmittedPassword)

  it("need not keep the rules for new ones", () => {
    for (const text of ["a", " ", "password", "🌻".repeat(1024)]) assert.isTrue(isOffered(text))
  })

  it("is bounded, so that the work of hashing is", () => {
    for (const text of ["", "a".repeat(1025), "a\0", "a\udc00", 12345678]) assert.isFalse(isOffered(text))
  })
})
