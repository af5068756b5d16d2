/** The contract suite of the `RateLimiter` port, which every adapter of it runs. */
import { expect, layer } from "@effect/vitest"
import { Effect, type Layer } from "effect"
import { uuidV7Unsafe } from "effect/crypto/SecureRandom"
import { RateLimiter } from "../../application/shared/RateLimiter.ts"
import { timesAtOnce } from "../support/interleaving.ts"
import { type TimeControl, testTime, timedTests } from "../support/TimeControl.ts"

/**
 * Registers the tests of every promise that a `RateLimiter` makes. A limiter in real time may shorten
 * `windowMillis`. Steps are tenths of it, so that an ordinary delay changes nothing.
 */
export const suite = (
  name: string,
  limiter: Layer.Layer<RateLimiter, unknown>,
  { time = testTime, windowMillis = 60_000 }: { readonly time?: TimeControl; readonly windowMillis?: number } = {},
) =>
  layer(limiter, { excludeTestServices: time.excludeTestServices })(`RateLimiter: ${name}`, (it) => {
    const test = timedTests(it, time)
    const passTenths = (tenths: number) => time.pass((tenths * windowMillis) / 10)
    const newKey = () => `test:${uuidV7Unsafe()}`

    test("allows as many requests as the limit, and returns how many remain", () =>
      Effect.gen(function* () {
        const { consume } = yield* RateLimiter
        const key = newKey()
        const quotas = yield* Effect.forEach([1, 2, 3, 4, 5], () => consume(key, { limit: 3, windowMillis }))
        expect(quotas.map(({ isAllowed, remaining }) => [isAllowed, remaining])).toStrictEqual([
          [true, 2],
          [true, 1],
          [true, 0],
          [false, 0],
          [false, 0],
        ])
        for (const quota of quotas) {
          expect([quota.limit, quota.windowMillis]).toStrictEqual([3, windowMillis])
          expect(quota.resetAfterMillis).toBeGreaterThan(windowMillis / 2)
          expect(quota.resetAfterMillis).toBeLessThanOrEqual(windowMillis)
        }
      }))

    test("slides the window: a late request still counts early in the next window", () =>
      Effect.gen(function* () {
        const { consume } = yield* RateLimiter
        const key = newKey()
        const isAllowed = Effect.map(consume(key, { limit: 2, windowMillis }), (quota) => quota.isAllowed)
        expect(yield* isAllowed).toBe(true)
        yield* passTenths(8)
        expect(yield* isAllowed).toBe(true)
        expect(yield* isAllowed).toBe(false)
        // The first has left the window, the second has not.
        yield* passTenths(4)
        expect(yield* isAllowed).toBe(true)
        expect(yield* isAllowed).toBe(false)
        yield* passTenths(8)
        expect(yield* isAllowed).toBe(true)
      }))

    test("does not count refused requests", () =>
      Effect.gen(function* () {
        const { consume } = yield* RateLimiter
        const key = newKey()
        const ask = consume(key, { limit: 1, windowMillis })
        expect((yield* ask).isAllowed).toBe(true)
        yield* passTenths(5)
        for (let asked = 0; asked < 10; asked++) expect((yield* ask).isAllowed).toBe(false)
        yield* passTenths(7)
        expect((yield* ask).isAllowed).toBe(true)
      }))

    test("returns when the next request is allowed", () =>
      Effect.gen(function* () {
        const { consume } = yield* RateLimiter
        const key = newKey()
        const ask = consume(key, { limit: 2, windowMillis })
        yield* ask
        yield* passTenths(5)
        yield* ask
        const refused = yield* ask
        expect(refused.isAllowed).toBe(false)
        expect(refused.resetAfterMillis).toBeLessThanOrEqual(windowMillis / 2)
        expect(refused.resetAfterMillis).toBeGreaterThan(0)
        yield* time.pass(refused.resetAfterMillis)
        expect((yield* ask).isAllowed).toBe(true)
      }))

    test("allows exactly the limit of 200 concurrent requests", () =>
      Effect.gen(function* () {
        const { consume } = yield* RateLimiter
        const key = newKey()
        const quotas = yield* timesAtOnce(200, consume(key, { limit: 50, windowMillis }))
        const allowed = quotas.filter(({ isAllowed }) => isAllowed)
        expect(allowed.length).toBe(50)
        expect(new Set(allowed.map(({ remaining }) => remaining)).size).toBe(50)
      }))

    test("counts each key separately", () =>
      Effect.gen(function* () {
        const { consume } = yield* RateLimiter
        const [one, other] = [newKey(), newKey()]
        expect((yield* consume(one, { limit: 1, windowMillis })).isAllowed).toBe(true)
        expect((yield* consume(one, { limit: 1, windowMillis })).isAllowed).toBe(false)
        expect((yield* consume(other, { limit: 1, windowMillis })).isAllowed).toBe(true)
      }))

    test("allows the full limit again after a window without requests", () =>
      Effect.gen(function* () {
        const { consume } = yield* RateLimiter
        const key = newKey()
        for (let asked = 0; asked < 3; asked++) yield* consume(key, { limit: 3, windowMillis })
        yield* passTenths(11)
        expect((yield* consume(key, { limit: 3, windowMillis })).remaining).toBe(2)
      }))
  })
