/** The public edge of mails as files. Needs nodemailer. */
export * as EmlEmailSender from "./EmlEmailSender.ts"
