/** The pending verification of an account's email address, and how long its token is valid. */
import { EmailedToken, issueFor, isUnexpired } from "./MailedToken.ts"

/** How long a verification token is valid: 24 hours. */
export const verificationLifetimeMillis = 24 * 60 * 60 * 1000

/** The pending verification of the account's email address. Each user has at most one: a new one replaces the older. */
export const EmailVerification = EmailedToken
export interface EmailVerification extends EmailedToken {}

/** Issues a verification that expires in 24 hours. */
export const ask = issueFor(verificationLifetimeMillis)

export { isUnexpired }
