import { Schema } from "effect"
import { plusMillis, Timestamp } from "../shared/Timestamp.ts"
import { TokenHash } from "./TokenHash.ts"
import { UserId } from "./UserId.ts"

/** An open request that whoever holds the token in a mail can meet, once and until it expires. */
export const EmailedToken = Schema.Struct({
  userId: UserId,
  tokenHash: TokenHash,
  expiresAt: Timestamp,
})
export interface EmailedToken extends Schema.Schema.Type<typeof EmailedToken> {}

/** A request that can be met for so many milliseconds from now. */
export const issueFor =
  (lifetimeMillis: number) =>
  (userId: UserId, tokenHash: TokenHash, now: Timestamp): EmailedToken => ({
    userId,
    tokenHash,
    expiresAt: plusMillis(now, lifetimeMillis),
  })

/** Whether the request can still be met. */
export const isUnexpired = (token: EmailedToken, now: Timestamp): boolean => now < token.expiresAt
