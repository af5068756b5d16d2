import { Schema } from "effect"
import { plusMillis, Timestamp } from "../shared/Timestamp.ts"
import { TokenHash } from "./TokenHash.ts"
import { UserId } from "./UserId.ts"

/** How long a reset token may be used: 1 hour. */
export const resetLifetimeMillis = 60 * 60 * 1000

/** The open request of who forgot the password to choose another. One a user: a new one ends the older. */
export const PasswordReset = Schema.Struct({
  userId: UserId,
  tokenHash: TokenHash,
  expiresAt: Timestamp,
})
export interface PasswordReset extends Schema.Schema.Type<typeof PasswordReset> {}

/** A request that can be met for the next hour. */
export const ask = (userId: UserId, tokenHash: TokenHash, now: Timestamp): PasswordReset => ({
  userId,
  tokenHash,
  expiresAt: plusMillis(now, resetLifetimeMillis),
})

/** Whether the request can still be met. */
export const isOpen = (reset: PasswordReset, now: Timestamp): boolean => now < reset.expiresAt
