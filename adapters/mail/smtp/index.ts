/** The public edge of emails through a server. Needs nodemailer. */
export * as SmtpEmailSender from "./SmtpEmailSender.ts"
export * as SmtpUrl from "./SmtpUrl.ts"
