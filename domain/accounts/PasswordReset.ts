/** The pending reset of a forgotten password, and how long its token is valid. */
import { Schema } from "effect"
import { EmailedToken, issueFor, isUnexpired } from "./EmailedToken.ts"

/** How long a reset token is valid: 1 hour. */
export const resetLifetimeMillis = 60 * 60 * 1000

/** The pending reset of a user's forgotten password. Each user has at most one: a new one replaces the older. */
export const PasswordReset = EmailedToken.pipe(Schema.brand("PasswordReset"))
export type PasswordReset = typeof PasswordReset.Type

/** Issues a reset that expires in 1 hour. */
export const issue = issueFor(PasswordReset, resetLifetimeMillis)

export { isUnexpired }
