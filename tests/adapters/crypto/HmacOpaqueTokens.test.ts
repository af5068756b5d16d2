/** Holds opaque tokens to the key, the purpose and the user that they were made for. */
import { createHash, createHmac } from "node:crypto"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Option, Schema } from "effect"
import { SecureRandom } from "effect/crypto"
import * as HmacOpaqueTokens from "../../../adapters/crypto/HmacOpaqueTokens.ts"
import { OpaqueTokens } from "../../../application/accounts/tokens/OpaqueTokens.ts"
import { TokenHash, TokenSalt } from "../../../domain/accounts/TokenHash.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"

const HmacOpaqueTokensLive = HmacOpaqueTokens.layer.pipe(Layer.provide(SecureRandom.layerWebCrypto))
const isHash = Schema.is(TokenHash)
const isSalt = Schema.is(TokenSalt)

describe("HmacOpaqueTokens", () => {
  it.layer(HmacOpaqueTokensLive)((it) => {
    it.effect.prop("reads the user and the hash of every token that it makes", [Schema.toType(UserId)], ([userId]) =>
      Effect.gen(function* () {
        const tokens = yield* OpaqueTokens
        const made = yield* tokens.make(userId)
        expect(made.token).toMatch(/^[A-Za-z0-9_-]{64}$/)
        expect(made.hash).toBe(createHash("sha256").update(made.token).digest("base64url"))
        expect(isHash(made.hash)).toBe(true)
        expect(tokens.read(made.token)).toStrictEqual(Option.some({ userId, hash: made.hash }))
      }),
    )

    it.effect.prop(
      "derives a successor that only the presented token and the salt lead to",
      [Schema.toType(UserId)],
      ([userId]) =>
        Effect.gen(function* () {
          const tokens = yield* OpaqueTokens
          const { hash, token } = yield* tokens.make(userId)
          const next = yield* tokens.makeSuccessor(token)
          expect(isSalt(next.salt)).toBe(true)
          expect(tokens.succeed(token, next.salt)).toBe(next.token)
          expect(tokens.read(next.token)).toStrictEqual(Option.some({ userId, hash: next.hash }))
          const secret = createHmac("sha256", token).update(Buffer.from(next.salt, "base64url")).digest("base64url")
          expect(Buffer.from(next.token, "base64url").subarray(16).toString("base64url")).toBe(secret)
          const other = yield* tokens.makeSuccessor(token)
          expect(new Set([token, next.token, other.token]).size).toBe(3)
          expect(hash).not.toBe(next.hash)
          const stranger = yield* tokens.make(userId)
          expect(tokens.succeed(stranger.token, next.salt)).not.toBe(next.token)
        }),
    )

    it.effect("never makes the same token twice", () =>
      Effect.gen(function* () {
        const tokens = yield* OpaqueTokens
        const userId = UserId.to.make("0190a8a0-0000-7000-8000-000000000001")
        const made = yield* Effect.replicateEffect(tokens.make(userId), 1000)
        expect(new Set(made.map(({ token }) => token)).size).toBe(1000)
      }),
    )

    it.effect("reads only the canonical spelling of a token", () =>
      Effect.gen(function* () {
        const tokens = yield* OpaqueTokens
        const { token } = yield* tokens.make(UserId.to.make("0190a8a0-0000-7000-8000-000000000001"))
        const accessTokenLike = `${"e".repeat(20)}.${"e".repeat(22)}.${"e".repeat(20)}`
        for (const text of [
          "",
          " ",
          token.slice(1),
          `${token}A`,
          `${token}==`,
          ` ${token}`,
          `${token}\n`,
          `+${token.slice(1)}`,
          `/${token.slice(1)}`,
          `${token.slice(0, 63)}é`,
          `${token.slice(0, 63)}\0`,
          accessTokenLike,
        ])
          expect(tokens.read(text), JSON.stringify(text)).toStrictEqual(Option.none())
      }),
    )

    it.effect.prop("reads any text without an exception", [Schema.String], ([text]) =>
      Effect.gen(function* () {
        const tokens = yield* OpaqueTokens
        expect(tokens.read(text)).toStrictEqual(Option.none())
      }),
    )
  })
})
