/** The pending reset of a forgotten password, and how long its token is valid. */
import { EmailedToken, issueFor, isUnexpired } from "./MailedToken.ts"

/** How long a reset token is valid: 1 hour. */
export const resetLifetimeMillis = 60 * 60 * 1000

/** The pending reset of a user's forgotten password. Each user has at most one: a new one replaces the older. */
export const PasswordReset = EmailedToken
export interface PasswordReset extends EmailedToken {}

/** Issues a reset that expires in 1 hour. */
export const ask = issueFor(resetLifetimeMillis)

export { isUnexpired }
