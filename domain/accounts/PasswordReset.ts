import { EmailedToken, issueFor, isUnexpired } from "./MailedToken.ts"

/** How long a reset token may be used: 1 hour. */
export const resetLifetimeMillis = 60 * 60 * 1000

/** The open request of who forgot the password to choose another. One a user: a new one ends the older. */
export const PasswordReset = EmailedToken
export interface PasswordReset extends EmailedToken {}

/** A request that can be met for the next hour. */
export const ask = issueFor(resetLifetimeMillis)

export { isUnexpired }
