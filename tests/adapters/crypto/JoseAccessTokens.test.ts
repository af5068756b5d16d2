/** Holds access tokens to their claims, their times, the published keys and the cache. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Schema } from "effect"
import { TestClock } from "effect/testing"
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from "jose"
import { AccessTokens } from "../../../application/accounts/tokens/AccessTokens.ts"
import { OpaqueTokens } from "../../../application/accounts/tokens/OpaqueTokens.ts"
import { PublicKeys } from "../../../application/accounts/tokens/PublicKeys.ts"
import { Identity } from "../../../domain/accounts/Identity.ts"
import { SessionId } from "../../../domain/accounts/SessionId.ts"
import { UserId } from "../../../domain/accounts/UserId.ts"
import {
  assertAccepted,
  assertRefused,
  audience,
  claims,
  forge,
  header,
  hour,
  identity,
  issue,
  issuer,
  keysOf,
  kidOf,
  layerOf,
  newKey,
  oldKey,
  start,
  startSeconds,
} from "./accessTokens.ts"

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
    "verifies the tokens that it issues, for every user and session",
    [Schema.toType(UserId), Schema.toType(SessionId)],
    ([userId, sessionId]) =>
      Effect.gen(function* () {
        yield* TestClock.setTime(start)
        const tokens = yield* AccessTokens
        const issuedTo = Identity.Session({ userId, sessionId })
        assert.deepStrictEqual(yield* tokens.verify(yield* tokens.issue(issuedTo)), issuedTo)
      }).pipe(Effect.provide(layerOf())),
  )

  it.effect("issues tokens that the published key set verifies", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      const token = yield* issue
      const { keys } = yield* PublicKeys
      const keySet = createLocalJWKSet({
        keys: keys.map(({ algorithm, id, value }) => ({ kty: "OKP", crv: algorithm, kid: id, x: value })),
      })
      const { payload } = yield* Effect.promise(() =>
        jwtVerify(token, keySet, { issuer, audience, currentDate: new Date(start) }),
      )
      assert.strictEqual(payload.sub, identity.userId)
    }).pipe(Effect.provide(layerOf({ keys: keysOf(newKey, oldKey) }))),
  )

  it.effect("expires a token to the second, cached or not", () =>
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

  it.effect("issues tokens that are no refresh tokens", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      const tokens = yield* OpaqueTokens
      assert.strictEqual(tokens.read(yield* issue)._tag, "None")
    }).pipe(Effect.provide(layerOf())),
  )

  it.effect("accepts old tokens during a key rotation, until their key is removed", () =>
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

  it.effect("verifies a cached token synchronously", () =>
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

  it.effect("caches a bounded number of tokens, and no refusal", () =>
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

  it.effect("reports the lifetime of its tokens, in whole seconds", () =>
    Effect.gen(function* () {
      const tokens = yield* AccessTokens
      assert.strictEqual(tokens.lifetimeMillis, 2000)
      yield* TestClock.setTime(start)
      const { exp = 0, iat = 0 } = decodeJwt(yield* issue)
      assert.strictEqual(exp - iat, 2)
    }).pipe(Effect.provide(layerOf({ lifetimeMillis: 1500 }))),
  )
})
