import { verificationLifetimeMillis } from "../../domain/accounts/EmailVerification.ts"
import type { FullName } from "../../domain/accounts/UserAccount.ts"
import { Email } from "./EmailSender.ts"

/** What a mail says: its subject in one line, and its body twice, as plain text and as HTML. */
export interface EmailContent {
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** Words a mail. `publicUrl` is where its links lead, without a slash at its end. */
export const emailContent = (email: Email, publicUrl: string): EmailContent =>
  Email.$match(email, {
    VerifyEmail: ({ fullName, token }) => {
      const greeting = greet(fullName)
      const link = `${publicUrl}/verify-email?token=${encodeURIComponent(token)}`
      const hours = verificationLifetimeMillis / (60 * 60 * 1000)
      const ask = "Please confirm that this is your email address:"
      const end = `The link works once, for ${hours} hours. If you did not sign up for Taskwright, ignore this mail.`
      return {
        subject: "Verify your email address for Taskwright",
        text: [
          greeting,
          ask,
          link,
          "Or, with the API: POST /api/v1/auth/verify-email with this token:",
          token,
          end,
          "",
        ].join("\n\n"),
        html: [
          '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>Verify your email address</title></head>\n<body>',
          `<p>${escapeHtml(greeting)}</p>`,
          `<p>${ask}</p>`,
          `<p><a href="${escapeHtml(link)}">Verify my email address</a></p>`,
          `<p>Or, with the API: <code>POST /api/v1/auth/verify-email</code> with this token:</p>`,
          `<p><code>${escapeHtml(token)}</code></p>`,
          `<p>${end}</p>`,
          "</body>\n</html>\n",
        ].join("\n"),
      }
    },
  })

/**
 * The name as a mail may show it, in one line; none where it could carry a message. Anybody can sign up with another's
 * address, so a name that holds a link would turn our mail into theirs.
 */
export const nameForEmail = (fullName: FullName): string | null => {
  const line = fullName.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\s]+/gu, " ").trim()
  return line === "" || /[/@:]|[\p{L}\p{N}]\.[\p{L}\p{N}]{2,}/u.test(line) ? null : line
}

const greet = (fullName: FullName): string => {
  const name = nameForEmail(fullName)
  return name === null ? "Hello," : `Hello ${name},`
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
}

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? character)
