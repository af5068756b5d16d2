/** Holds SMTP URLs to the parts and the security that the adapter supports. */
import { Option, Redacted } from "effect"
import { describe, expect, it } from "vitest"
import { mayFallBackToPlaintext, parse, startTlsOf } from "../../../../adapters/mail/smtp/SmtpUrl.ts"

const serverOf = (text: string) => Option.getOrThrow(parse(text))

describe("parse", () => {
  it.each([
    ["smtp://localhost", "localhost", 587, null],
    ["smtp://mail.example.com:25/", "mail.example.com", 25, null],
    ["smtps://mail.example.com", "mail.example.com", 465, "implicit"],
    ["smtps://mail.example.com:4650", "mail.example.com", 4650, "implicit"],
    ["smtp+starttls://mail.example.com", "mail.example.com", 587, "starttls"],
    ["smtp://[::1]:2525", "::1", 2525, null],
  ] as const)("reads %s", (text, host, port, tls) => {
    expect(serverOf(text)).toStrictEqual({ host, port, tls, credentials: null })
  })

  it("parses a login with any characters, and redacts the password", () => {
    const { credentials, ...server } = serverOf("smtp://me%40example.com:p%40ss%3A%2Fw%25rd@mail:25")
    expect(server).toStrictEqual({ host: "mail", port: 25, tls: null })
    expect(credentials?.user).toBe("me@example.com")
    expect(credentials && Redacted.value(credentials.password)).toBe("p@ss:/w%rd")
    expect(JSON.stringify(credentials)).not.toContain("p@ss")
  })

  it.each([
    "",
    "mail.example.com:25",
    "http://mail.example.com",
    "smtp://",
    "smtp://mail:0",
    "smtp://mail:65536",
    "smtp://mail/path",
    "smtp://mail?tls.rejectUnauthorized=false",
    "smtp://mail?",
    "smtp://mail#x",
    "smtp://user@mail",
    "smtp://:password@mail",
    "smtp://user:%zz@mail",
    "smtp://ma il",
    "smtp://mail%20x",
    "smtp://mail\r\n",
  ])("refuses %j", (text) => {
    expect(Option.isNone(parse(text))).toBe(true)
  })
})

describe("startTlsOf", () => {
  it.each([
    ["smtp+starttls://localhost", "required"],
    ["smtp+starttls://mail.example.com", "required"],
    ["smtp://localhost", "never"],
    ["smtp://127.0.0.1", "never"],
    ["smtp://127.1.2.3", "never"],
    ["smtp://[::1]", "never"],
    ["smtp://u:p@localhost", "if offered"],
    ["smtp://u:p@127.0.0.1", "if offered"],
    ["smtp://mail.example.com", "if offered"],
    ["smtp://u:p@mail.example.com", "required"],
    ["smtp://u:p@192.0.2.1", "required"],
    ["smtp://u:p@127.0.0.1.example.com", "required"],
    ["smtp://u:p@localhost.example.com", "required"],
    ["smtp://u:p@[::ffff:127.0.0.1]", "required"],
  ] as const)("of %s is %s", (text, expected) => {
    expect(startTlsOf(serverOf(text))).toBe(expected)
  })
})

describe("mayFallBackToPlaintext", () => {
  it.each([
    ["smtp://u:p@mail.example.com", true],
    ["smtp://u:p@192.0.2.1:25", true],
    ["smtp+starttls://u:p@mail.example.com", false],
    ["smtps://u:p@mail.example.com", false],
    ["smtp://mail.example.com", false],
    ["smtp://u:p@localhost", false],
  ] as const)("of %s is %s", (text, isOpen) => {
    expect(mayFallBackToPlaintext(serverOf(text))).toBe(isOpen)
  })
})
