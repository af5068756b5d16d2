/** Holds email addresses to the accepted syntax and to one spelling each. */
import { describe, expect, it } from "@effect/vitest"
import { EmailAddress } from "../../domain/accounts/EmailAddress.ts"
import { accepts, read } from "../support/decoding.ts"

const isAccepted = accepts(EmailAddress)
const reads = read(EmailAddress)

describe("EmailAddress", () => {
  it("is one whatever its case and the space around it", () => {
    for (const text of ["ada@example.com", " Ada@Example.COM ", "\tADA@EXAMPLE.COM\n"]) {
      expect(reads(text)).toBe("ada@example.com")
    }
  })

  it("takes what mail servers take", () => {
    for (const text of [
      "a@b.co",
      "first.last+tag@sub.example.museum",
      "o'hara_%!#$&*/=?^`{|}~-@example.com",
      "1@2.3.de",
      "a@xn--bcher-kva.example",
      `${"l".repeat(64)}@example.com`,
      `a@${"d".repeat(63)}.com`,
    ]) {
      expect(isAccepted(text), text).toBe(true)
    }
  })

  it("refuses what is no address", () => {
    for (const text of [
      "",
      "@",
      "ada",
      "ada@",
      "@example.com",
      "ada@localhost",
      "ada@@example.com",
      "ada@example..com",
      "ada@.example.com",
      "ada@example.com.",
      "ada@-example.com",
      "ada@example-.com",
      "a da@example.com",
      "ada@exa mple.com",
      "ada@exam_ple.com",
      "ada\r\nbcc:x@example.com",
      "ada@example.com\0",
      '"ada"@example.com',
      "ada@[127.0.0.1]",
      `${"l".repeat(65)}@example.com`,
      `a@${"d".repeat(64)}.com`,
      12,
      null,
      ["ada@example.com"],
    ]) {
      expect(isAccepted(text), String(text)).toBe(false)
    }
  })

  it("refuses letters that look or fold like others", () => {
    // The Kelvin sign lowers to k, the dotless ı uppers to I, and the full-width letters are another alphabet.
    for (const text of [
      "\u212aelvin@example.com",
      "ad\u0131@example.com",
      "ａda@example.com",
      "ada@exämple.com",
      "🌻@example.com",
    ]) {
      expect(isAccepted(text), text).toBe(false)
    }
  })

  it("has at most 254 characters", () => {
    const domain = ["d".repeat(63), "d".repeat(63), "d".repeat(57), "com"].join(".")
    expect(`${"l".repeat(64)}@${domain}`.length).toBe(254)
    expect(isAccepted(`${"l".repeat(64)}@${domain}`)).toBe(true)
    expect(isAccepted(`${"l".repeat(64)}@d${domain}`)).toBe(false)
  })

  it("takes no long time over a hostile text", () => {
    expect(isAccepted(`a@${"a.".repeat(100_000)}`)).toBe(false)
    expect(isAccepted(`${"a".repeat(200_000)}@`)).toBe(false)
  })
})
