import { Schema } from "effect"
import { plusMillis, Timestamp } from "../shared/Timestamp.ts"
import { TokenHash } from "./TokenHash.ts"
import { UserId } from "./UserId.ts"

/** An open request that whoever holds the token in a mail can meet, once and until it expires. */
export const MailedToken = Schema.Struct({
  userId: UserId,
  tokenHash: TokenHash,
  expiresAt: Timestamp,
})
export interface MailedToken extends Schema.Schema.Type<typeof MailedToken> {}

/** A request that can be met for so many milliseconds from now. */
export const openFor =
  (lifetimeMillis: number) =>
  (userId: UserId, tokenHash: TokenHash, now: Timestamp): MailedToken => ({
    userId,
    tokenHash,
    expiresAt: plusMillis(now, lifetimeMillis),
  })

/** Whether the request can still be met. */
export const isOpen = (token: MailedToken, now: Timestamp): boolean => now < token.expiresAt
