/** Single-use tokens that are sent by email: their record, issue and expiry. */
import { Schema } from "effect"
import { plusMillis, Timestamp } from "../shared/Timestamp.ts"
import { TokenHash } from "./TokenHash.ts"
import { UserId } from "./UserId.ts"

/**
 * The record of a token in an email. Its holder can use it once, until it expires. Each kind has a brand, so that none is
 * stored as another.
 */
export const EmailedToken = Schema.Struct({
  userId: UserId,
  tokenHash: TokenHash,
  expiresAt: Timestamp,
})
export interface EmailedToken extends Schema.Schema.Type<typeof EmailedToken> {}

/** Returns a function that issues a token of one kind, which expires after `lifetimeMillis`. */
export const issueFor =
  <Token extends EmailedToken>(kind: { readonly make: (token: EmailedToken) => Token }, lifetimeMillis: number) =>
  (userId: UserId, tokenHash: TokenHash, now: Timestamp): Token =>
    kind.make({ userId, tokenHash, expiresAt: plusMillis(now, lifetimeMillis) })

/** Whether the token is still valid. */
export const isUnexpired = (token: EmailedToken, now: Timestamp): boolean => now < token.expiresAt
