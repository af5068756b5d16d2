/** The public edge of mail through a server. Needs nodemailer. */
export * as SmtpEmailSender from "./SmtpEmailSender.ts"
export * as SmtpServer from "./SmtpUrl.ts"
