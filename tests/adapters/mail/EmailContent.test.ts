/** Holds the content of each kind of email to its greeting, link and plain text. */
import { describe, expect, it } from "vitest"
import { emailContent } from "../../../adapters/mail/EmailContent.ts"
import { Email } from "../../../application/mail/EmailSender.ts"
import { FullName } from "../../../domain/accounts/UserAccount.ts"
import { newEmail } from "../../support/entities.ts"

const to = newEmail()
const fullName = FullName.make("Ada Lovelace")
const token = "t0ken-_.x&y"
const publicUrl = "https://tasks.example.com"

const linksIn = (text: string) => text.match(/https?:[^"\s<]*/g) ?? []

describe("emailContent", () => {
  it.each([
    [Email.VerifyEmail({ to, fullName, token }), `${publicUrl}/verify-email?token=t0ken-_.x%26y`, /24 hours/],
    [
      Email.ResetPassword({ to, fullName, token }),
      `${publicUrl}/reset-password?token=t0ken-_.x%26y`,
      /once, for 1 hour/,
    ],
  ] as const)("of $_tag has its link and its token, says for how long, and what to do if it was not you", (...mail) => {
    const [email, link, words] = mail
    const { html, text } = emailContent(email, publicUrl)
    expect([linksIn(text), linksIn(html)]).toStrictEqual([[link], [link]])
    expect(text.split("\n")).toContain(token)
    expect(html).toContain("<code>t0ken-_.x&amp;y</code>")
    expect(text).toMatch(words)
    expect(text).toMatch(/ignore this mail/)
  })

  it.each([
    [Email.PasswordChanged({ to, fullName }), /If it was not you, reset your password at once/],
    [Email.TokenTheft({ to, fullName }), /used refresh token .* presented again; we signed that session out/],
  ] as const)("of $_tag tells what happened, without a link", (email, words) => {
    const { html, text } = emailContent(email, publicUrl)
    expect(text).toMatch(words)
    expect(html).toMatch(words)
    expect([linksIn(text), linksIn(html)]).toStrictEqual([[], []])
  })

  it("greets by name in every kind, and says in one line what it is about", () => {
    const contents = [
      Email.VerifyEmail({ to, fullName, token }),
      Email.ResetPassword({ to, fullName, token }),
      Email.PasswordChanged({ to, fullName }),
      Email.TokenTheft({ to, fullName }),
    ].map((email) => emailContent(email, publicUrl))
    for (const { html, subject, text } of contents) {
      expect(text).toContain("Hello Ada Lovelace,")
      expect(html).toContain("<p>Hello Ada Lovelace,</p>")
      expect(subject).toMatch(/^[ -~]{10,60}$/)
    }
    expect(new Set(contents.map(({ subject }) => subject))).toHaveLength(contents.length)
  })

  it("shows no name that could carry a message", () => {
    for (const name of ["Win at https://evil.example", "evil.example", "a@evil.example", "\u202e"]) {
      const { html, text } = emailContent(Email.TokenTheft({ to, fullName: name as FullName }), publicUrl)
      expect(text).toContain("Hello,")
      expect(text + html).not.toContain("evil")
    }
  })
})
