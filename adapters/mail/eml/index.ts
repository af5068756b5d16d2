/** The public edge of emails as files. Needs nodemailer. */
export * as EmlEmailSender from "./EmlEmailSender.ts"
