/** Holds the name in an email's greeting to text that cannot carry a link or a message. */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { nameForEmail } from "../../../adapters/mail/NameInEmail.ts"
import { FullName } from "../../../domain/accounts/UserAccount.ts"
import { accepts, read } from "../../support/decoding.ts"

const shown = (name: string): string | null => nameForEmail(read(FullName)(name))

const innocent = [
  "Ada Lovelace",
  "J. R. R. Tolkien",
  "J.R.R. Tolkien",
  "Martin Luther King, Jr.",
  "Dr. Strange",
  "Ann Lee Ph.D",
  "O'Hara-Smith",
  "D’Arcy",
  "Zoë 👩🏽‍🌾",
  "María José 2nd",
  "Louis XIV",
  "X Æ A-12",
  "Nguyễn Văn A",
  "Gal·la Placídia",
  "阿尔伯特·爱因斯坦",
  "アルベルト・アインシュタイン",
  "محمد بن سلمان",
  "می\u200cخواهم",
  "क्\u200dष दूध",
  "\u2067שלום\u2069 כהן",
  "𝔘𝔫𝔦 Code",
  "Jean  Luc",
  "Sinéad O’Connor",
  "Mr. T",
  "Jennifer 8. Lee",
  "E\u0323\u0302",
]

const dotsOfAllKinds = [..."..。．｡․﹒۔܁܂꘎ꓸ⸼·‧∙•⋅٠۰"]
const joiners = ["", "\u200b", "\u200d", "\u2060", "\u00ad", "\u0301", "\ufe0f", "\u034f", "\u2063", "\u2800", "\u3164"]
const separators = ["", " ", "-", ".", " - ", ") ", "\u00a0", "\u200b", "\u2011", "–", "·", "_"]

describe("nameForEmail", () => {
  it("shows innocent names as they are", () => {
    for (const name of innocent) {
      const line = read(FullName)(name)
      expect(shown(name)).toBe(line.replaceAll(/[\u2067\u2069\s]+/g, " ").trim())
    }
  })

  it("leaves out what holds an address, however its dots look and whatever hides between", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("evil", "Evil-Corp", "xn--80ak6aa92e", "win2"),
        fc.constantFrom(...joiners),
        fc.constantFrom(...dotsOfAllKinds),
        fc.constantFrom(...joiners),
        fc.constantFrom("example", "com", "io", "Co", "ｃｏｍ"),
        fc.constantFrom("", "Visit ", "Ada, see ", "🎁 "),
        (host, before, dot, after, end, words) => {
          expect(shown(`${words}${host}${before}${dot}${after}${end}`)).toBeNull()
        },
      ),
    )
    for (const name of [
      "例え。テスト",
      "пример.рф",
      "evil .com",
      "t.me",
      "a@evil",
      "ａ＠ｂ",
      "x/y",
      "x⁄y",
      "C:\\x",
      "see ://x",
      "Join：now",
      "Join∶now",
      "Join꞉now",
      "x⟋y",
      "x∖y",
    ]) {
      expect(shown(name), name).toBeNull()
    }
  })

  it("leaves out protocols and the web's own name", () => {
    for (const name of [
      "www evil example",
      "ｗｗｗ evil",
      "w\u200bww evil",
      "WWW Evil",
      "http evil",
      "HTTPS Evil",
      "𝐰𝐰𝐰 evil",
    ]) {
      expect(shown(name), name).toBeNull()
    }
  })

  it("leaves out a telephone number, in digits of any script, whatever stands between them", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(..."0123456789０５٣۴७①❷𝟗²"), fc.constantFrom(...separators)), {
          minLength: 3,
          maxLength: 12,
        }),
        fc.constantFrom("", "Call ", "Ring +", "☎️ ("),
        (digits, words) => {
          expect(shown(`${words}${digits.flat().join("")}`)).toBeNull()
        },
      ),
    )
    for (const name of ["Call 1️⃣2️⃣3️⃣", "Agent 007", "+49 (30) 12", "110 Police"]) expect(shown(name), name).toBeNull()
  })

  it("gives one line that is part of what was given, or nothing", () => {
    const text = fc.oneof(fc.string({ unit: "binary", maxLength: 60 }), fc.string({ unit: "grapheme", maxLength: 60 }))
    fc.assert(
      fc.property(text, (name) => {
        // The function also gets names that an older version stored.
        const line = nameForEmail(name as FullName)
        if (line === null) return
        expect(line).not.toMatch(/[\p{Cc}\u2028\u2029\p{Bidi_Control}]/u)
        expect(line).not.toMatch(/[/@:\\]/)
        const kept = [...line].filter((character) => !/\s/u.test(character))
        expect(kept.every((character) => name.includes(character))).toBe(true)
      }),
    )
    expect(nameForEmail("\u202e" as FullName)).toBeNull()
    expect(nameForEmail("\u200b\u2800" as FullName)).toBeNull()
    expect(accepts(FullName)("Ada")).toBe(true)
  })
})
