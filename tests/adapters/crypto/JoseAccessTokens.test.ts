/** Holds access tokens to their claims, their times, the published keys and the cache. */
import { describe, expect, it } from "@effect/vitest"
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
  audience,
  claims,
  expectAccepted,
  expectRefused,
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
      expect<object>(decodeProtectedHeader(token)).toStrictEqual(header)
      const { jti, ...rest } = decodeJwt(token)
      expect(String(jti)).toMatch(/^[0-9a-f-]{36}$/)
      const { jti: _, ...expected } = claims
      expect(rest).toStrictEqual(expected)
      expect(decodeJwt(yield* issue).jti).not.toBe(jti)
      yield* expectAccepted(token)
    }).pipe(Effect.provide(layerOf())),
  )

  it.effect.prop(
    "verifies the tokens that it issues, for every user and session",
    [Schema.toType(UserId), Schema.toType(SessionId)],
    ([userId, sessionId]) =>
      Effect.gen(function* () {
        yield* TestClock.setTime(start)
        const tokens = yield* AccessTokens
        const token = yield* tokens.issue({ userId, sessionId })
        expect(yield* tokens.verify(token)).toStrictEqual(
          Identity.Session({ userId, sessionId, expiresAt: identity.expiresAt }),
        )
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
      expect(payload.sub).toBe(identity.userId)
    }).pipe(Effect.provide(layerOf({ keys: keysOf(newKey, oldKey) }))),
  )

  it.effect("expires a token to the second, cached or not", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      const remembered = yield* issue
      yield* expectAccepted(remembered)
      const unseen = yield* issue
      yield* TestClock.setTime(start + hour - 1)
      yield* expectAccepted(remembered)
      yield* TestClock.setTime(start + hour)
      yield* expectRefused(remembered, "remembered")
      yield* expectRefused(unseen, "never seen")
    }).pipe(Effect.provide(layerOf())),
  )

  it.effect("issues tokens that are no refresh tokens", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      const tokens = yield* OpaqueTokens
      expect(tokens.read(yield* issue)._tag).toBe("None")
    }).pipe(Effect.provide(layerOf())),
  )

  it.effect("accepts old tokens during a key rotation, until their key is removed", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      const old = yield* Effect.provide(issue, layerOf({ keys: keysOf(oldKey) }))
      const both = layerOf({ keys: keysOf(newKey, oldKey) })
      const fresh = yield* Effect.provide(issue, both)
      expect(decodeProtectedHeader(fresh).kid).toBe(kidOf(newKey))
      yield* Effect.provide(Effect.andThen(expectAccepted(old), expectAccepted(fresh)), both)
      const newAlone = layerOf({ keys: keysOf(newKey) })
      yield* Effect.provide(Effect.andThen(expectRefused(old, "its key is gone"), expectAccepted(fresh)), newAlone)
      const crossed = forge({ ...header, kid: kidOf(newKey) }, claims, oldKey)
      yield* Effect.provide(expectRefused(crossed, "one key's signature under the other's name"), both)
    }),
  )

  it.effect("verifies a cached token synchronously", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      const tokens = yield* AccessTokens
      const context = yield* Effect.context<never>()
      const token = yield* issue
      // A signature check is asynchronous, so it cannot run synchronously. A cache hit can.
      expect(() => Effect.runSyncWith(context)(tokens.verify(token))).toThrow()
      yield* tokens.verify(token)
      expect(Effect.runSyncWith(context)(tokens.verify(token))).toStrictEqual(identity)
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
      expect(issued.map(isRemembered)).toStrictEqual([false, true, true, true])
      const early = forge(header, { ...claims, nbf: startSeconds + 100 })
      yield* expectRefused(early, "early")
      yield* TestClock.setTime(start + 100_000)
      yield* expectAccepted(early, "in its time")
    }).pipe(Effect.provide(layerOf({ cachedTokens: 3 }))),
  )

  it.effect("reports the lifetime of its tokens, in whole seconds", () =>
    Effect.gen(function* () {
      const tokens = yield* AccessTokens
      expect(tokens.lifetimeMillis).toBe(2000)
      yield* TestClock.setTime(start)
      const { exp = 0, iat = 0 } = decodeJwt(yield* issue)
      expect(exp - iat).toBe(2)
    }).pipe(Effect.provide(layerOf({ lifetimeMillis: 1500 }))),
  )
})
