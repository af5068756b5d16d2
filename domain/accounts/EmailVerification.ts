import { EmailedToken, issueFor, isUnexpired } from "./MailedToken.ts"

/** How long a verification token may be used: 24 hours. */
export const verificationLifetimeMillis = 24 * 60 * 60 * 1000

/** The open request that a user prove to own the account's email address. One a user: a new one ends the older. */
export const EmailVerification = EmailedToken
export interface EmailVerification extends EmailedToken {}

/** A request that can be met for the next 24 hours. */
export const ask = issueFor(verificationLifetimeMillis)

export { isUnexpired }
