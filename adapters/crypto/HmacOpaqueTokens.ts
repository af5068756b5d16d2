/** Refresh tokens and the tokens in emails: random, opaque, and derivable for a successor. */
import { createHash, createHmac } from "node:crypto"
import { Effect, Layer, Option, Schema } from "effect"
import { SecureRandom } from "effect/crypto"
import { OpaqueTokens } from "../../application/accounts/tokens/OpaqueTokens.ts"
import type { TokenHash, TokenSalt } from "../../domain/accounts/TokenHash.ts"
import { UserId } from "../../domain/accounts/UserId.ts"

const userIdBytes = 16
const secretBytes = 32

// 48 bytes are 64 characters with no bit left over, so every token has exactly one spelling.
const tokenLength = 64
const tokenPattern = /^[A-Za-z0-9_-]*$/
const isWellFormed = (text: string): boolean => text.length === tokenLength && tokenPattern.test(text)

const encode = (userId: Uint8Array, secret: Uint8Array): string => Buffer.concat([userId, secret]).toString("base64url")

const toBytes = (userId: UserId): Buffer => Buffer.from(userId.replaceAll("-", ""), "hex")

const toUserId = Schema.decodeOption(UserId)

const uuidText = (bytes: Buffer): string =>
  bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5")

const hashOf = (token: string): TokenHash => createHash("sha256").update(token).digest("base64url") as TokenHash

const succeed = (token: string, salt: TokenSalt): string => {
  if (!isWellFormed(token)) throw new RangeError("only a token that `read` accepts has a successor")
  const userId = Buffer.from(token, "base64url").subarray(0, userIdBytes)
  return encode(userId, createHmac("sha256", token).update(Buffer.from(salt, "base64url")).digest())
}

const read = (token: string): Option.Option<{ readonly userId: UserId; readonly hash: TokenHash }> =>
  isWellFormed(token)
    ? Option.map(toUserId(uuidText(Buffer.from(token, "base64url").subarray(0, userIdBytes))), (userId) => ({
        userId,
        hash: hashOf(token),
      }))
    : Option.none()

/**
 * Tokens of 64 characters: base64url of the user's id (16 bytes) and 256 random bits. In a successor, the HMAC-SHA256
 * of a salt, keyed with its predecessor, replaces the random bits.
 */
export const layer: Layer.Layer<OpaqueTokens, never, SecureRandom.SecureRandom> = Layer.effect(
  OpaqueTokens,
  Effect.map(SecureRandom.SecureRandom, (random) =>
    OpaqueTokens.of({
      make: (userId) =>
        Effect.map(random.randomBytes(secretBytes), (secret) => {
          const token = encode(toBytes(userId), secret)
          return { token, hash: hashOf(token) }
        }),
      makeSuccessor: (presented) =>
        Effect.map(random.randomBytes(secretBytes), (bytes) => {
          const salt = Buffer.from(bytes).toString("base64url") as TokenSalt
          const token = succeed(presented, salt)
          return { token, hash: hashOf(token), salt }
        }),
      succeed,
      read,
    }),
  ),
)
