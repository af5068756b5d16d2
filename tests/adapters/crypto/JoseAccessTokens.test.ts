/** Holds access tokens to their claims, their signature and the published keys. */
import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Layer, Result, Schema } from "effect"
import { SecureRandom } from "effect/crypto"
import { TestClock } from "effect/testing"
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from "jose"
import * as HmacOpaqueTokens from "../../../adapters/crypto/HmacOpaqueTokens.ts"
import * as JoseAccessTokens from "../../../adapters/crypto/JoseAccessTokens.ts"
import * as JsonWebKeySet from "../../../adapters/crypto/JsonWebKeySet.ts"
import * as SigningKeys from "../../../adapters/crypto/SigningKeys.ts"
import * as UuidV7Generator from "../../../adapters/crypto/UuidV7Generator.ts"
import { AccessTokens } from "../../../application/accounts/tokens/AccessTokens.ts"
import { OpaqueTokens } from "../../../application/accounts/tokens/OpaqueTokens.ts"
import { PublicKeys } from "../../../application/accounts/tokens/PublicKeys.ts"
import { InvalidAccessToken } from "../../../domain/accounts/AccountErrors.ts"
import { Identity } from "../../../domain/accounts/Identity.ts"
import { SessionId } from "../../../domain/accounts/SessionId.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"

const issuer = "https://tasks.example.com"
const audience = "taskwright"
const hour = 60 * 60 * 1000
const start = Date.UTC(2026, 10, 24, 16)
const startSeconds = start / 1000

const identity = Identity.Session({
  userId: UserId.to.make("0190a8a0-0000-7000-8000-000000000001"),
  sessionId: SessionId.to.make("0190a8a0-0000-7000-8000-000000000002"),
})

const pem = (key: KeyObject): string => key.export({ type: "pkcs8", format: "pem" }).toString()
const ed25519 = (): KeyObject => generateKeyPairSync("ed25519").privateKey
const oldKey = ed25519()
const newKey = ed25519()
const keysOf = (...keys: ReadonlyArray<KeyObject>): SigningKeys.SigningKeys =>
  Result.getOrThrow(SigningKeys.parse(keys.map(pem).join("")))
const kidOf = (key: KeyObject): string => keysOf(key)[0].kid

const layerOf = (options: Partial<JoseAccessTokens.JoseAccessTokensOptions> = {}) =>
  JoseAccessTokens.layer({ keys: keysOf(oldKey), issuer, audience, lifetimeMillis: hour, ...options }).pipe(
    Layer.provide(UuidV7Generator.layer),
    Layer.provideMerge(HmacOpaqueTokens.layer),
    Layer.provide(SecureRandom.layerWebCrypto),
    Layer.provideMerge(JsonWebKeySet.layer(options.keys ?? keysOf(oldKey))),
  )

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url")

const header = { alg: "EdDSA", kid: kidOf(oldKey), typ: "at+jwt" }
const claims = {
  iss: issuer,
  aud: audience,
  sub: identity.userId,
  sid: identity.sessionId,
  jti: "0190a8a0-0000-7000-8000-000000000003",
  iat: startSeconds,
  exp: startSeconds + 3600,
}

/** A token as an attacker with our key could make it, with any header and claims and a valid signature. */
const forge = (headerParts: object, claimParts: object, key: KeyObject = oldKey): string => {
  const signed = `${base64url(headerParts)}.${base64url(claimParts)}`
  return `${signed}.${sign(null, Buffer.from(signed), key).toString("base64url")}`
}

const without = (name: string): object => Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name))

const verify = (token: string) => Effect.flatMap(AccessTokens, (tokens) => Effect.exit(tokens.verify(token)))

const assertRefused = (token: string, why: string) =>
  Effect.map(verify(token), (exit) => assert.deepStrictEqual(exit, Exit.fail(new InvalidAccessToken()), why))

const assertAccepted = (token: string, why = "accepted") =>
  Effect.map(verify(token), (exit) => assert.deepStrictEqual(exit, Exit.succeed(identity), why))

const issue = Effect.flatMap(AccessTokens, (tokens) => tokens.issue(identity))

describe("JoseAccessTokens", () => {
  it.effect("issues a token with exactly the header and the claims of the contract, by Effect's clock", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      const token = yield* issue
      assert.deepStrictEqual<object>(decodeProtectedHeader(token), header)
      const { jti, ...rest } = decodeJwt(token)
      assert.match(String(jti), /^[0-9a-f-]{36}$/)
      const { jti: _, ...expected } = claims
      assert.deepStrictEqual(rest, expected)
      assert.notStrictEqual(decodeJwt(yield* issue).jti, jti)
      yield* assertAccepted(token)
    }).pipe(Effect.provide(layerOf())),
  )

  it.effect.prop(
    "verifies what it issues, for whomever",
    [Schema.toType(UserId), Schema.toType(SessionId)],
    ([userId, sessionId]) =>
      Effect.gen(function* () {
        yield* TestClock.setTime(start)
        const tokens = yield* AccessTokens
        const issuedTo = Identity.Session({ userId, sessionId })
        assert.deepStrictEqual(yield* tokens.verify(yield* tokens.issue(issuedTo)), issuedTo)
      }).pipe(Effect.provide(layerOf())),
  )

  it.effect("can be checked by others with the published key set", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      const token = yield* issue
      const { jwks } = yield* PublicKeys
      const keySet = createLocalJWKSet({ keys: jwks.keys.map((key) => ({ kty: "OKP", ...key })) })
      const { payload } = yield* Effect.promise(() =>
        jwtVerify(token, keySet, { issuer, audience, currentDate: new Date(start) }),
      )
      assert.strictEqual(payload.sub, identity.userId)
    }).pipe(Effect.provide(layerOf({ keys: keysOf(newKey, oldKey) }))),
  )

  it.effect("accepts the token that the refusals below are variants of", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      yield* assertAccepted(forge(header, claims))
    }).pipe(Effect.provide(layerOf())),
  )

  it.effect("refuses every algorithm but its own", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      const publicKey = createPublicKey(oldKey)
      const none = `${base64url({ ...header, alg: "none" })}.${base64url(claims)}.`
      yield* assertRefused(none, "none")
      yield* assertRefused(`${base64url({ ...header, alg: "NONE" })}.${base64url(claims)}.`, "NONE")
      const secrets = [
        publicKey.export({ type: "spki", format: "pem" }).toString(),
        publicKey.export({ type: "spki", format: "der" }),
        Buffer.from(String(publicKey.export({ format: "jwk" }).x), "base64url"),
      ]
      for (const secret of secrets) {
        const signed = `${base64url({ ...header, alg: "HS256" })}.${base64url(claims)}`
        yield* assertRefused(`${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`, "HS256")
      }
      for (const alg of ["Ed25519", "eddsa", "RS256", "ES256", "", undefined, ["EdDSA"]])
        yield* assertRefused(forge({ ...header, alg }, claims), `alg ${alg}`)
    }).pipe(Effect.provide(layerOf())),
  )

  it.effect("refuses a key that is not its own, however it is named", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      const stranger = ed25519()
      const jwk = createPublicKey(stranger).export({ format: "jwk" })
      yield* assertRefused(forge(header, claims, stranger), "signed by a stranger")
      yield* assertRefused(forge({ ...header, kid: kidOf(stranger) }, claims, stranger), "unknown kid")
      yield* assertRefused(forge({ alg: "EdDSA", typ: "at+jwt" }, claims), "no kid")
      for (const kid of ["", null, 1, {}, "__proto__", "constructor", "../../dev/null", "' OR 1=1"])
        yield* assertRefused(forge({ ...header, kid }, claims), `kid ${kid}`)
      const chosen = {
        jku: "https://evil.example/jwks.json",
        jwk,
        x5u: "https://evil.example/cert.pem",
        x5c: ["MIIB"],
        x5t: "AAAA",
        crit: ["exp"],
        b64: false,
        zip: "DEF",
        cty: "JWT",
      }
      for (const [member, value] of Object.entries(chosen)) {
        yield* assertRefused(forge({ ...header, [member]: value }, claims), `${member}, signed by us`)
        yield* assertRefused(forge({ ...header, [member]: value }, claims, stranger), `${member}, by a stranger`)
      }
      yield* assertRefused(forge({ ...header, crit: ["b64"], b64: false }, claims), "crit b64")
    }).pipe(Effect.provide(layerOf())),
  )

  it.effect("refuses another type of token, issuer or audience", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      for (const typ of ["JWT", "jwt", "dpop+jwt", "", undefined, 1])
        yield* assertRefused(forge({ ...header, typ }, claims), `typ ${typ}`)
      for (const iss of ["https://evil.example", `${issuer}/`, issuer.toUpperCase(), "", null, [issuer]])
        yield* assertRefused(forge(header, { ...claims, iss }), `iss ${iss}`)
      for (const aud of ["other", "Taskwright", "", null, ["other"], [], {}])
        yield* assertRefused(forge(header, { ...claims, aud }), `aud ${aud}`)
    }).pipe(Effect.provide(layerOf())),
  )

  it.effect("refuses a token that lacks a claim", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      for (const name of Object.keys(claims)) yield* assertRefused(forge(header, without(name)), `no ${name}`)
    }).pipe(Effect.provide(layerOf())),
  )

  it.effect("refuses claims of the wrong form", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      const wrong: ReadonlyArray<readonly [name: string, values: ReadonlyArray<unknown>]> = [
        ["sub", ["1", "", null, 1, { id: identity.userId }, `${identity.userId} `, `{${identity.userId}}`]],
        ["sid", ["1", "", null, 1, [identity.sessionId], `${identity.sessionId}\n`]],
        ["jti", ["", null, 1]],
        ["exp", [String(claims.exp), null, true, {}]],
        ["iat", [String(claims.iat), null, true, {}]],
        ["nbf", [String(claims.iat), null, true, {}]],
      ]
      for (const [name, values] of wrong)
        for (const value of values)
          yield* assertRefused(forge(header, { ...claims, [name]: value }), `${name} ${JSON.stringify(value)}`)
      yield* assertRefused(forge(header, []), "claims that are a list")
    }).pipe(Effect.provide(layerOf())),
  )

  it.effect("refuses a token before and after its time, with a leeway of at most 60 seconds", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      yield* assertRefused(forge(header, { ...claims, exp: startSeconds }), "exp now")
      yield* assertRefused(forge(header, { ...claims, exp: startSeconds - 1 }), "exp before")
      yield* assertRefused(forge(header, { ...claims, nbf: startSeconds + 61 }), "nbf in the future")
      yield* assertRefused(forge(header, { ...claims, iat: startSeconds + 61 }), "iat in the future")
      const anHourAgo = startSeconds - 3600
      yield* assertRefused(forge(header, { ...claims, iat: anHourAgo - 61 }), "older than any token lives")
      yield* assertAccepted(forge(header, { ...claims, nbf: startSeconds, iat: startSeconds + 60 }), "clocks apart")
    }).pipe(Effect.provide(layerOf())),
  )

  it.effect("expires a token to the second, remembered or not", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      const remembered = yield* issue
      yield* assertAccepted(remembered)
      const unseen = yield* issue
      yield* TestClock.setTime(start + hour - 1)
      yield* assertAccepted(remembered)
      yield* TestClock.setTime(start + hour)
      yield* assertRefused(remembered, "remembered")
      yield* assertRefused(unseen, "never seen")
    }).pipe(Effect.provide(layerOf())),
  )

  it.effect("refuses a token of which any character was changed", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      const token = yield* issue
      yield* assertAccepted(token)
      for (let index = 0; index < token.length; index++) {
        const changed = token[index] === "A" ? "B" : "A"
        yield* assertRefused(`${token.slice(0, index)}${changed}${token.slice(index + 1)}`, `character ${index}`)
      }
      const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
      for (const last of alphabet)
        if (!token.endsWith(last)) yield* assertRefused(`${token.slice(0, -1)}${last}`, `last character ${last}`)
      for (const text of [`${token}=`, `${token}==`, `${token} `, ` ${token}`, `${token}.`, token.slice(0, -1)])
        yield* assertRefused(text, JSON.stringify(text))
    }).pipe(Effect.provide(layerOf())),
  )

  it.effect("refuses what is no token, and crashes on nothing", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      const { token: refreshToken } = yield* Effect.flatMap(OpaqueTokens, (tokens) => tokens.make(identity.userId))
      const texts = ["", ".", "..", "...", "a.b.c", "a.b", "ä.ö.ü", "\0.\0.\0", refreshToken, `${".".repeat(10_000)}`]
      for (const text of texts) yield* assertRefused(text, JSON.stringify(text).slice(0, 80))
      const [first = "", second = "", third = ""] = forge(header, claims).split(".")
      for (const part of ["", "bnVsbA", "W10", "e30", "eyJ9", "_w", "gA"])
        for (const text of [`${part}.${second}.${third}`, `${first}.${part}.${third}`, `${first}.${second}.${part}`])
          yield* assertRefused(text, text)
      yield* assertRefused(forge(header, { ...claims, extra: "x".repeat(5000) }), "longer than any of ours")
    }).pipe(Effect.provide(layerOf())),
  )

  it.effect.prop("refuses any text", [Schema.String, Schema.String, Schema.String], ([first, second, third]) =>
    assertRefused(`${base64url(first)}.${base64url(second)}.${third}`, "text").pipe(Effect.provide(layerOf())),
  )

  it.effect("is no refresh token", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      const tokens = yield* OpaqueTokens
      assert.strictEqual(tokens.read(yield* issue)._tag, "None")
    }).pipe(Effect.provide(layerOf())),
  )

  it.effect("keeps old tokens good while keys are rotated, until their key is gone", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      const old = yield* Effect.provide(issue, layerOf({ keys: keysOf(oldKey) }))
      const both = layerOf({ keys: keysOf(newKey, oldKey) })
      const fresh = yield* Effect.provide(issue, both)
      assert.strictEqual(decodeProtectedHeader(fresh).kid, kidOf(newKey))
      yield* Effect.provide(Effect.andThen(assertAccepted(old), assertAccepted(fresh)), both)
      const newAlone = layerOf({ keys: keysOf(newKey) })
      yield* Effect.provide(Effect.andThen(assertRefused(old, "its key is gone"), assertAccepted(fresh)), newAlone)
      const crossed = forge({ ...header, kid: kidOf(newKey) }, claims, oldKey)
      yield* Effect.provide(assertRefused(crossed, "one key's signature under the other's name"), both)
    }),
  )

  it.effect("answers for a token that it has checked without another step", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      const tokens = yield* AccessTokens
      const context = yield* Effect.context<never>()
      const token = yield* issue
      // A signature check is asynchronous, so it cannot run synchronously. A cache hit can.
      assert.throws(() => Effect.runSyncWith(context)(tokens.verify(token)))
      yield* tokens.verify(token)
      assert.deepStrictEqual(Effect.runSyncWith(context)(tokens.verify(token)), identity)
    }).pipe(Effect.provide(layerOf())),
  )

  it.effect("remembers a bounded number of tokens, and no refusal", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      const tokens = yield* AccessTokens
      const context = yield* Effect.context<never>()
      const isRemembered = (token: string) => Exit.isSuccess(Effect.runSyncExitWith(context)(tokens.verify(token)))
      const issued = yield* Effect.replicateEffect(issue, 4)
      yield* Effect.forEach(issued, tokens.verify)
      assert.deepStrictEqual(issued.map(isRemembered), [false, true, true, true])
      const early = forge(header, { ...claims, nbf: startSeconds + 100 })
      yield* assertRefused(early, "early")
      yield* TestClock.setTime(start + 100_000)
      yield* assertAccepted(early, "in its time")
    }).pipe(Effect.provide(layerOf({ cachedTokens: 3 }))),
  )

  it.effect("says how long its tokens are good", () =>
    Effect.gen(function* () {
      const tokens = yield* AccessTokens
      assert.strictEqual(tokens.lifetimeMillis, 2000)
      yield* TestClock.setTime(start)
      const { exp = 0, iat = 0 } = decodeJwt(yield* issue)
      assert.strictEqual(exp - iat, 2)
    }).pipe(Effect.provide(layerOf({ lifetimeMillis: 1500 }))),
  )
})
