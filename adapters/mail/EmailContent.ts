/** The subjects and texts of all emails. */
import { Email } from "../../application/mail/EmailSender.ts"
import { verificationLifetimeMillis } from "../../domain/accounts/EmailVerification.ts"
import { resetLifetimeMillis } from "../../domain/accounts/PasswordReset.ts"
import type { FullName } from "../../domain/accounts/UserAccount.ts"
import { escapeHtml } from "../html/EscapeHtml.ts"
import { nameForEmail } from "./NameInEmail.ts"

/** The content of an email: its subject in one line, and its body twice, as plain text and as HTML. */
export interface EmailContent {
  readonly subject: string
  readonly text: string
  readonly html: string
}

const hourMillis = 60 * 60 * 1000

/** Returns the link to the page on which the token sets a new password. */
export const resetPasswordLink = (publicUrl: string, token: string): string =>
  `${publicUrl}/reset-password?token=${encodeURIComponent(token)}`

/** Composes the content of an email. `publicUrl` is the base of its links, without a slash at its end. */
export const emailContent = (email: Email, publicUrl: string): EmailContent =>
  Email.$match(email, {
    VerifyEmail: ({ fullName, token }) =>
      composeContent("Verify your email address for Taskwright", fullName, [
        paragraph("Please confirm that this is your email address:"),
        link("Verify my email address", `${publicUrl}/verify-email?token=${encodeURIComponent(token)}`),
        paragraph("Or, with the API: POST /api/v1/auth/verify-email with this token:"),
        code(token),
        paragraph(
          `The link works once, for ${lifetime(verificationLifetimeMillis)}. If you did not sign up for Taskwright, ignore this mail.`,
        ),
      ]),
    ResetPassword: ({ fullName, token }) =>
      composeContent("Choose another password for Taskwright", fullName, [
        paragraph("Somebody, probably you, asked to choose another password for your account:"),
        link("Choose another password", resetPasswordLink(publicUrl, token)),
        paragraph("Or, with the API: POST /api/v1/auth/reset-password with the new password and this token:"),
        code(token),
        paragraph(
          `The link works once, for ${lifetime(resetLifetimeMillis)}. If it was not you, ignore this mail: your password stays as it is.`,
        ),
      ]),
    PasswordChanged: ({ fullName }) =>
      composeContent("Your Taskwright password was changed", fullName, [
        paragraph("The password of your account was changed a moment ago."),
        paragraph(
          "If it was you, there is nothing to do. If it was not you, reset your password at once: ask for a mail to choose another one.",
        ),
        paragraph("With the API: POST /api/v1/auth/forgot-password with your email address."),
      ]),
    TokenTheft: ({ fullName }) =>
      composeContent("We signed out one of your Taskwright sessions", fullName, [
        paragraph("A used refresh token of your account was presented again; we signed that session out."),
        paragraph(
          "Somebody may have copied it. It can also be an app of yours that lost an answer: then sign in there once more. If you do not know what it was, change your password.",
        ),
      ]),
  })

/** A part of the body, in both forms. */
interface Paragraph {
  readonly text: string
  readonly html: string
}

const paragraph = (text: string): Paragraph => ({ text, html: escapeHtml(text) })
const link = (label: string, url: string): Paragraph => ({
  text: url,
  html: `<a href="${escapeHtml(url)}">${escapeHtml(label)}</a>`,
})
const code = (text: string): Paragraph => ({ text, html: `<code>${escapeHtml(text)}</code>` })

const composeContent = (subject: string, fullName: FullName, body: ReadonlyArray<Paragraph>): EmailContent => {
  const name = nameForEmail(fullName)
  const paragraphs = [paragraph(name === null ? "Hello," : `Hello ${name},`), ...body]
  return {
    subject,
    text: [...paragraphs.map(({ text }) => text), ""].join("\n\n"),
    html: [
      `<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>${escapeHtml(subject)}</title></head>\n<body>`,
      ...paragraphs.map(({ html }) => `<p>${html}</p>`),
      "</body>\n</html>\n",
    ].join("\n"),
  }
}

const lifetime = (millis: number): string => {
  const hours = millis / hourMillis
  return hours === 1 ? "1 hour" : `${hours} hours`
}
