/** What is stored of an opaque token: its hash, and the salt from which its successor is derived. */
import { Schema } from "effect"

/** The SHA-256 of an opaque token in base64url without padding (43 characters). The token itself is never stored. */
export const TokenHash = Schema.String.check(Schema.isPattern(/^[A-Za-z0-9_-]{43}$/)).pipe(Schema.brand("TokenHash"))
export type TokenHash = typeof TokenHash.Type

/** 256 random bits in base64url without padding, from which a token's successor is derived. */
export const TokenSalt = Schema.String.check(Schema.isPattern(/^[A-Za-z0-9_-]{43}$/)).pipe(Schema.brand("TokenSalt"))
export type TokenSalt = typeof TokenSalt.Type
