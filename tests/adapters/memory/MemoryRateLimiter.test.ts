/** Holds the memory limiter to an exact sliding window. */
import { expect, it, layer } from "@effect/vitest"
import { Arbitrary, Effect, Schema } from "effect"
import { TestClock } from "effect/testing"
import * as MemoryRateLimiter from "../../../adapters/memory/state/MemoryRateLimiter.ts"
import { RateLimiter } from "../../../application/shared/RateLimiter.ts"

const rateLimit = { limit: 5, windowMillis: 100 }

// Exactness to the millisecond is this limiter's own promise, because a limiter in another process adds network
// time.
const pause = Schema.Literals([0, 0, 1, 10, 20, 50, 99, 100, 101])
const cost = Schema.Literals([1, 1, 1, 2, 3, 5, 9])
const steps = Arbitrary.array(Arbitrary.schema(Schema.Tuple([pause, cost])), { minLength: 1, maxLength: 80 })

layer(MemoryRateLimiter.layer)("MemoryRateLimiter", (test) => {
  let keys = 0
  test.effect.prop(
    "allows exactly those requests for whose units there is room within the window",
    [steps],
    ([steps]) =>
      Effect.gen(function* () {
        const { consume } = yield* RateLimiter
        const key = `key ${++keys}`
        const passed: Array<number> = []
        let time = 0
        for (const [wait, cost] of steps) {
          yield* TestClock.adjust(wait)
          time += wait
          const counted = passed.filter((at) => at + rateLimit.windowMillis > time)
          const units = Math.min(cost, rateLimit.limit)
          const lacking = counted.length + units - rateLimit.limit
          const isAllowed = lacking <= 0
          if (isAllowed) for (let unit = 0; unit < units; unit++) passed.push(time)
          const leavesAfter = (at = time) => at + rateLimit.windowMillis - time
          expect(yield* consume(key, rateLimit, cost)).toStrictEqual({
            ...rateLimit,
            isAllowed,
            remaining: rateLimit.limit - counted.length - (isAllowed ? units : 0),
            resetAfterMillis: leavesAfter(counted[0]),
            retryAfterMillis: isAllowed ? 0 : leavesAfter(counted[lacking - 1]),
          })
        }
      }),
    { arbitrary: { runs: 200, size: 80 } },
  )

  test.effect("allows no 100 requests at second 59 and again at second 61", () =>
    Effect.gen(function* () {
      const { consume } = yield* RateLimiter
      const ask = consume("edge", { limit: 100, windowMillis: 60_000 })
      yield* TestClock.adjust(59_000)
      for (let asked = 0; asked < 100; asked++) expect((yield* ask).isAllowed).toBe(true)
      yield* TestClock.adjust(2_000)
      for (let asked = 0; asked < 100; asked++) expect((yield* ask).isAllowed).toBe(false)
      yield* TestClock.adjust(57_999)
      expect((yield* ask).isAllowed).toBe(false)
      yield* TestClock.adjust(1)
      expect((yield* ask).remaining).toBe(99)
    }),
  )

  test.effect("stores a bounded number of keys, and drops the least recently used first", () =>
    Effect.gen(function* () {
      const { consume } = yield* RateLimiter
      const ask = (key: string) => consume(key, { limit: 2, windowMillis: 60_000 })
      yield* ask("early")
      yield* ask("busy")
      for (let other = 0; other < 120_000; other++) {
        yield* ask(`other ${other}`)
        if (other === 40_000) yield* ask("busy")
        if (other > 40_000 && other % 10_000 === 0) expect((yield* ask("busy")).isAllowed).toBe(false)
      }
      expect((yield* ask("early")).remaining).toBe(1)
    }),
  )
})

it.effect("MemoryRateLimiter counts the windows of different limits separately", () =>
  Effect.gen(function* () {
    const { consume } = yield* RateLimiter
    const long = { limit: 1, windowMillis: 10_000 }
    const short = { limit: 1, windowMillis: 10 }
    yield* consume("long", long)
    for (let step = 0; step < 99; step++) {
      expect((yield* consume("short", short)).isAllowed).toBe(true)
      expect((yield* consume("short", short)).isAllowed).toBe(false)
      yield* TestClock.adjust(100)
      expect((yield* consume("long", long)).isAllowed).toBe(false)
    }
    yield* TestClock.adjust(100)
    expect((yield* consume("long", long)).isAllowed).toBe(true)
  }).pipe(Effect.provide(MemoryRateLimiter.layer)),
)
