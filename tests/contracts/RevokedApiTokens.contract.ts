/** The contract suite of the `RevokedApiTokens` port, which every adapter of it runs. */
import { expect, layer } from "@effect/vitest"
import { Effect, type Layer } from "effect"
import { RevokedApiTokens } from "../../application/accounts/tokens/RevokedApiTokens.ts"
import { newApiTokenId } from "../support/entities.ts"
import { timesAtOnce } from "../support/interleaving.ts"
import { type TimeControl, testTime, timedTests } from "../support/TimeControl.ts"

/**
 * Registers the tests of every promise that a `RevokedApiTokens` makes, given the time for which a token that was
 * read is trusted. The removal of old entries is no promise to a caller.
 */
export const suite = (
  name: string,
  revokedTokens: Layer.Layer<RevokedApiTokens, unknown>,
  { trustedMillis, time = testTime }: { readonly trustedMillis: number; readonly time?: TimeControl },
) =>
  layer(revokedTokens, { excludeTestServices: time.excludeTestServices })(`RevokedApiTokens: ${name}`, (it) => {
    const test = timedTests(it, time)
    test("has the tokens that were revoked and no other", () =>
      Effect.gen(function* () {
        const tokens = yield* RevokedApiTokens
        const [one, other, running] = [newApiTokenId(), newApiTokenId(), newApiTokenId()]
        yield* tokens.revoke(one)
        yield* tokens.revoke(other)
        expect(yield* tokens.has(one)).toBe(true)
        expect(yield* tokens.has(other)).toBe(true)
        expect(yield* tokens.has(running)).toBe(false)
      }))

    test("has a token that was remembered, and no other", () =>
      Effect.gen(function* () {
        const tokens = yield* RevokedApiTokens
        const [one, running] = [newApiTokenId(), newApiTokenId()]
        yield* tokens.remember(one)
        expect(yield* tokens.has(one)).toBe(true)
        expect(yield* tokens.has(running)).toBe(false)
      }))

    test("accepts a token that is revoked several times at once", () =>
      Effect.gen(function* () {
        const tokens = yield* RevokedApiTokens
        const id = newApiTokenId()
        yield* timesAtOnce(20, tokens.revoke(id))
        expect(yield* tokens.has(id)).toBe(true)
      }))

    test("remembers a token as long as any process may trust what it read of it", () =>
      Effect.gen(function* () {
        const tokens = yield* RevokedApiTokens
        const id = newApiTokenId()
        yield* tokens.revoke(id)
        for (let tenths = 0; tenths < 9; tenths++) {
          yield* time.pass(trustedMillis / 10)
          expect(yield* tokens.has(id)).toBe(true)
        }
      }))

    test("remembers a token that is revoked again from then on", () =>
      Effect.gen(function* () {
        const tokens = yield* RevokedApiTokens
        const id = newApiTokenId()
        yield* tokens.revoke(id)
        yield* time.pass(0.9 * trustedMillis)
        yield* tokens.revoke(id)
        yield* time.pass(0.9 * trustedMillis)
        expect(yield* tokens.has(id)).toBe(true)
      }))
  })
