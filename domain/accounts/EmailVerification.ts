/** The pending verification of an account's email address, and how long its token is valid. */
import { Schema } from "effect"
import { EmailedToken, issueFor, isUnexpired } from "./EmailedToken.ts"

/** How long a verification token is valid: 24 hours. */
export const verificationLifetimeMillis = 24 * 60 * 60 * 1000

/** The pending verification of the account's email address. Each user has at most one: a new one replaces the older. */
export const EmailVerification = EmailedToken.pipe(Schema.brand("EmailVerification"))
export type EmailVerification = typeof EmailVerification.Type

/** Issues a verification that expires in 24 hours. */
export const issue = issueFor(EmailVerification, verificationLifetimeMillis)

export { isUnexpired }
