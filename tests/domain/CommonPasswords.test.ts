/** Holds the check for common passwords to its list and to simple variations of it. */
import { describe, expect, it } from "@effect/vitest"
import { isCommon } from "../../domain/accounts/CommonPasswords.ts"
import { commonPasswordList } from "../../domain/accounts/commonPasswordList.ts"
import { Password } from "../../domain/accounts/Password.ts"
import { accepts, read } from "../support/decoding.ts"

const listed = commonPasswordList.trim().split(/\s+/)
const isRefused = (text: string): boolean => isCommon(read(Password)(text))

/** Returns the password with its n-th letter in upper case. */
const withCapital = (password: string, n: number): string => {
  let letters = 0
  return password.replaceAll(/\p{L}/gu, (letter) => (letters++ === n ? letter.toUpperCase() : letter))
}

describe("isCommon", () => {
  it("knows those of every list of the most used", () => {
    for (const text of [
      ..."Password1 Qwerty123 Passw0rd Password123 Welcome1 Aa123456 Abcd1234 Letmein1 Trustno1 Iloveyou1".split(" "),
      ..."P@ssw0rd Admin123 Abc12345 1qaz2wsX 1Q2w3e4r Zaq12wsx Michael1 Charlie1 Changeme1 Monkey123".split(" "),
    ]) {
      expect(isRefused(text), text).toBe(true)
    }
  })

  it("knows them in any case", () => {
    for (const text of ["pASSWORD1", "PASSWORd1", "passWord1", "qwertY123"]) expect(isRefused(text), text).toBe(true)
  })

  it("knows them with spaces and invisible characters anywhere, and with digits and signs for letters", () => {
    for (const text of [
      ...[
        " Password1",
        "Password1 ",
        "Pass word1",
        "Password1\u200b",
        "P\u00adassword1",
        "Password1\u3000",
        "Ｐassword1",
      ],
      ...["P@ssw0rd1", "P4ssword1", "Pa$$word1", "Passw0rd!", "Qw3rty123", "We1come1", "L3tme1n1"],
    ]) {
      expect(isRefused(text), text).toBe(true)
    }
  })

  it("lets others pass, also those that hold a common one or run over two of them", () => {
    const [one = "", two = ""] = listed
    for (const text of [
      "Correct Horse 1",
      "Password1 of mine",
      "xPassword1",
      `${one.toUpperCase()} ${two}a`,
      `${one.toUpperCase()}\n${two}a`,
      "Ünusual Pässword 1",
    ]) {
      expect(isRefused(text), text).toBe(false)
    }
  })

  it("finds every one of its list in each form that the rule allows", () => {
    expect(new Set(listed).size).toBeGreaterThanOrEqual(6_000)
    expect(new Set(listed)).toHaveLength(listed.length)
    let count = 0
    for (const password of listed) {
      expect(password).toBe(password.toLowerCase())
      const allowed = [withCapital(password, 0), withCapital(password, 1)].filter(accepts(Password))
      expect(allowed, password).not.toHaveLength(0)
      for (const text of allowed) expect(isRefused(text), text).toBe(true)
      count += allowed.length
    }
    expect(count).toBeGreaterThanOrEqual(3_000)
  })
})
