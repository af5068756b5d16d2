import { Schema } from "effect"
import { plusMillis, Timestamp } from "../shared/Timestamp.ts"
import { TokenHash } from "./TokenHash.ts"
import { UserId } from "./UserId.ts"

/** How long a verification token may be used: 24 hours. */
export const verificationLifetimeMillis = 24 * 60 * 60 * 1000

/** The open request that a user prove to own the account's email address. One a user: a new one ends the older. */
export const EmailVerification = Schema.Struct({
  userId: UserId,
  tokenHash: TokenHash,
  expiresAt: Timestamp,
})
export interface EmailVerification extends Schema.Schema.Type<typeof EmailVerification> {}

/** A request that can be met for the next 24 hours. */
export const ask = (userId: UserId, tokenHash: TokenHash, now: Timestamp): EmailVerification => ({
  userId,
  tokenHash,
  expiresAt: plusMillis(now, verificationLifetimeMillis),
})

/** Whether the request can still be met. */
export const isOpen = (verification: EmailVerification, now: Timestamp): boolean => now < verification.expiresAt
