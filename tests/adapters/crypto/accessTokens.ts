/** The keys, claims, forgeries and assertions that the tests of access tokens share. */
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto"
import { expect } from "@effect/vitest"
import { Effect, Exit, Layer, Result } from "effect"
import { SecureRandom } from "effect/crypto"
import * as Ed25519PublicKeys from "../../../adapters/crypto/Ed25519PublicKeys.ts"
import * as HmacOpaqueTokens from "../../../adapters/crypto/HmacOpaqueTokens.ts"
import * as JoseAccessTokens from "../../../adapters/crypto/JoseAccessTokens.ts"
import * as SigningKeys from "../../../adapters/crypto/SigningKeys.ts"
import * as UuidV7Generator from "../../../adapters/crypto/UuidV7Generator.ts"
import { AccessTokens } from "../../../application/accounts/tokens/AccessTokens.ts"
import { InvalidAccessToken } from "../../../domain/accounts/AccountErrors.ts"
import { Identity } from "../../../domain/accounts/Identity.ts"
import { SessionId } from "../../../domain/accounts/SessionId.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"
import { fromMillis } from "../../../domain/shared/Timestamp.ts"

export const issuer = "https://tasks.example.com"
export const audience = "taskwright"
export const hour = 60 * 60 * 1000
export const start = Date.UTC(2026, 10, 24, 16)
export const startSeconds = start / 1000

export const identity = Identity.Session({
  userId: UserId.to.make("0190a8a0-0000-7000-8000-000000000001"),
  sessionId: SessionId.to.make("0190a8a0-0000-7000-8000-000000000002"),
  expiresAt: fromMillis(start + hour),
})

const pem = (key: KeyObject): string => key.export({ type: "pkcs8", format: "pem" }).toString()
export const ed25519 = (): KeyObject => generateKeyPairSync("ed25519").privateKey
export const oldKey = ed25519()
export const newKey = ed25519()
export const keysOf = (...keys: ReadonlyArray<KeyObject>): SigningKeys.SigningKeys =>
  Result.getOrThrow(SigningKeys.parse(keys.map(pem).join("")))
export const kidOf = (key: KeyObject): string => keysOf(key)[0].kid

export const layerOf = (options: Partial<JoseAccessTokens.JoseAccessTokensOptions> = {}) =>
  JoseAccessTokens.layer({ keys: keysOf(oldKey), issuer, audience, lifetimeMillis: hour, ...options }).pipe(
    Layer.provide(UuidV7Generator.layer),
    Layer.provideMerge(HmacOpaqueTokens.layer),
    Layer.provide(SecureRandom.layerWebCrypto),
    Layer.provideMerge(Ed25519PublicKeys.layer(options.keys ?? keysOf(oldKey))),
  )

export const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url")

export const header = { alg: "EdDSA", kid: kidOf(oldKey), typ: "at+jwt" }
export const claims = {
  iss: issuer,
  aud: audience,
  sub: identity.userId,
  sid: identity.sessionId,
  jti: "0190a8a0-0000-7000-8000-000000000003",
  iat: startSeconds,
  exp: startSeconds + 3600,
}

/** A token as an attacker with our key could make it, with any header and claims and a valid signature. */
export const forge = (headerParts: object, claimParts: object, key: KeyObject = oldKey): string => {
  const signed = `${base64url(headerParts)}.${base64url(claimParts)}`
  return `${signed}.${sign(null, Buffer.from(signed), key).toString("base64url")}`
}

export const without = (name: string): object =>
  Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name))

const verify = (token: string) => Effect.flatMap(AccessTokens, (tokens) => Effect.exit(tokens.verify(token)))

export const expectRefused = (token: string, why: string) =>
  Effect.map(verify(token), (exit) => expect(exit, why).toStrictEqual(Exit.fail(new InvalidAccessToken())))

export const expectAccepted = (token: string, why = "accepted") =>
  Effect.map(verify(token), (exit) => expect(exit, why).toStrictEqual(Exit.succeed(identity)))

export const issue = Effect.flatMap(AccessTokens, (tokens) => tokens.issue(identity))
