/** Holds email addresses to the accepted syntax and to one spelling each. */
import { assert, describe, it } from "@effect/vitest"
import { EmailAddress } from "../../domain/accounts/EmailAddress.ts"
import { accepts, read } from "../support/decoding.ts"

const isAccepted = accepts(EmailAddress)
const reads = read(EmailAddress)

describe("EmailAddress", () => {
  it("is one whatever its case and the space around it", () => {
    for (const text of ["ada@example.com", " Ada@Example.COM ", "\tADA@EXAMPLE.COM\n"]) {
      assert.strictEqual(reads(text), "ada@example.com")
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
      assert.isTrue(isAccepted(text), text)
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
      assert.isFalse(isAccepted(text), String(text))
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
      assert.isFalse(isAccepted(text), text)
    }
  })

  it("has at most 254 characters", () => {
    const domain = ["d".repeat(63), "d".repeat(63), "d".repeat(57), "com"].join(".")
    assert.strictEqual(`${"l".repeat(64)}@${domain}`.length, 254)
    assert.isTrue(isAccepted(`${"l".repeat(64)}@${domain}`))
    assert.isFalse(isAccepted(`${"l".repeat(64)}@d${domain}`))
  })

  it("takes no long time over a hostile text", () => {
    assert.isFalse(isAccepted(`a@${"a.".repeat(100_000)}`))
    assert.isFalse(isAccepted(`${"a".repeat(200_000)}@`))
  })
})
