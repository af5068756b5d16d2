/** The contract suite of the `RateLimiter` port, which every adapter of it runs. */
import { expect, layer } from "@effect/vitest"
import { Effect, type Layer } from "effect"
import { uuidV7Unsafe } from "effect/crypto/SecureRandom"
import { RateLimiter } from "../../application/shared/RateLimiter.ts"
import { allAtOnce, timesAtOnce } from "../support/interleaving.ts"
import { type TimeControl, testTime, timedTests } from "../support/TimeControl.ts"

/**
 * Checks that each allowed request took exactly its cost, and that each refused one cost more than was left. Returns how
 * many units are left.
 */
export const expectExactCosts = (
  results: ReadonlyArray<{ readonly cost: number; readonly isAllowed: boolean; readonly remaining: number }>,
  limit: number,
): number => {
  let left = limit
  const allowed = results.filter(({ isAllowed }) => isAllowed)
  for (const { cost, remaining } of allowed.toSorted((one, other) => other.remaining - one.remaining)) {
    left -= cost
    expect(remaining).toBe(left)
  }
  expect(left).toBeGreaterThanOrEqual(0)
  for (const { cost, isAllowed, remaining } of results) if (!isAllowed) expect(remaining).toBeLessThan(cost)
  return left
}

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

    test("counts a request of several units as that many, all at once or not at all", () =>
      Effect.gen(function* () {
        const { consume } = yield* RateLimiter
        const key = newKey()
        const ask = (cost?: number) =>
          Effect.map(consume(key, { limit: 10, windowMillis }, cost), ({ isAllowed, remaining }) => [
            isAllowed,
            remaining,
          ])
        expect(yield* ask(4)).toStrictEqual([true, 6])
        expect(yield* ask()).toStrictEqual([true, 5])
        // More than is left takes nothing, so less still passes.
        for (const cost of [6, 9, 6]) expect(yield* ask(cost)).toStrictEqual([false, 5])
        expect(yield* ask(5)).toStrictEqual([true, 0])
        expect(yield* ask()).toStrictEqual([false, 0])
      }))

    test("caps a cost above the limit at the limit, so that it is allowed once the window is empty", () =>
      Effect.gen(function* () {
        const { consume } = yield* RateLimiter
        const key = newKey()
        const ask = (cost: number) => consume(key, { limit: 3, windowMillis }, cost)
        expect((yield* ask(1)).isAllowed).toBe(true)
        yield* passTenths(5)
        const refused = yield* ask(1_000)
        expect([refused.isAllowed, refused.remaining]).toStrictEqual([false, 2])
        expect(refused.retryAfterMillis).toBeLessThanOrEqual(windowMillis / 2)
        yield* time.pass(refused.retryAfterMillis)
        const allowed = yield* ask(1_000)
        expect([allowed.isAllowed, allowed.remaining]).toStrictEqual([true, 0])
        expect((yield* ask(1)).isAllowed).toBe(false)
        yield* passTenths(11)
        expect((yield* ask(1_000)).isAllowed).toBe(true)
      }))

    test("returns when a request of the same cost is allowed, which is not sooner than one of a single unit", () =>
      Effect.gen(function* () {
        const { consume } = yield* RateLimiter
        const key = newKey()
        const ask = (cost: number) => consume(key, { limit: 4, windowMillis }, cost)
        expect((yield* ask(1)).retryAfterMillis).toBe(0)
        yield* passTenths(3)
        yield* ask(2)
        yield* passTenths(3)
        // One unit is free now, one more at 10 tenths, and two more at 13.
        const [two, three, four] = [yield* ask(2), yield* ask(3), yield* ask(4)]
        for (const { isAllowed, remaining, resetAfterMillis } of [two, three, four]) {
          expect([isAllowed, remaining]).toStrictEqual([false, 1])
          expect(resetAfterMillis).toBeGreaterThan(0)
          expect(resetAfterMillis).toBeLessThanOrEqual((4 * windowMillis) / 10)
        }
        for (const { retryAfterMillis, resetAfterMillis } of [two, three, four]) {
          expect(retryAfterMillis).toBeGreaterThanOrEqual(resetAfterMillis)
          expect(retryAfterMillis).toBeLessThanOrEqual((7 * windowMillis) / 10)
        }
        expect(two.retryAfterMillis).toBeLessThanOrEqual((4 * windowMillis) / 10)
        expect(three.retryAfterMillis).toBeGreaterThan(two.retryAfterMillis)
        yield* time.pass(two.retryAfterMillis)
        expect((yield* ask(3)).isAllowed).toBe(false)
        expect((yield* ask(2)).isAllowed).toBe(true)
      }))

    test("allows no more units than the limit of concurrent requests of different costs", () =>
      Effect.gen(function* () {
        const { consume } = yield* RateLimiter
        const key = newKey()
        const limit = 50
        const costs = Array.from({ length: 120 }, (_, index) => 1 + (index % 7))
        const ask = (cost: number) =>
          Effect.map(consume(key, { limit, windowMillis }, cost), (result) => ({ cost, ...result }))
        const results = yield* allAtOnce(costs.map(ask))
        const left = expectExactCosts(results, limit)
        // No refused request took anything, so the rest is still there.
        const rest = yield* timesAtOnce(20, ask(1))
        expect(rest.filter(({ isAllowed }) => isAllowed).length).toBe(left)
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
