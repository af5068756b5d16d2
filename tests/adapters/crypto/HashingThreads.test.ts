/** Holds the threads that hash passwords to their number, their queue and its timeout. */
import { describe, expect, it } from "@effect/vitest"
import { Cause, Effect, Exit, Fiber } from "effect"
import { makeHashingThreads } from "../../../adapters/crypto/HashingThreads.ts"
import type { HashingPriority, HashingTurn } from "../../../application/accounts/passwords/HashingTurn.ts"
import { Unavailable } from "../../../application/shared/Unavailable.ts"

/** Computations that end when the test says so. */
const makeWork = (concurrency: number, maximumWaiting: number, maximumWaitMillis?: number) => {
  const run = makeHashingThreads({ concurrency, maximumWaiting, maximumWaitMillis })
  const running: Array<{ readonly name: string; readonly end: () => void }> = []
  const begun: Array<string> = []
  let most = 0
  const compute = (name: string, turn: HashingTurn) =>
    run(turn, () => {
      begun.push(name)
      return new Promise<string>((resolve) => {
        running.push({ name, end: () => resolve(name) })
        most = Math.max(most, running.length)
      })
    })
  const start = (name: string, priority: HashingPriority, address = name) =>
    Effect.forkChild(Effect.exit(compute(name, { priority, address })), { startImmediately: true })
  /** Ends all running computations, and then those that start, until none is left. */
  const endAll = Effect.gen(function* () {
    for (let next = running.shift(); next !== undefined; next = running.shift()) {
      next.end()
      yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
    }
  })
  return { start, endAll, begun, most: () => most }
}

const refusalOf = (exit: Exit.Exit<unknown>) => {
  const error = Exit.isFailure(exit) ? Cause.squash(exit.cause) : undefined
  return error instanceof Unavailable ? error.retryAfterMillis : undefined
}

describe("the threads that hash passwords", () => {
  it.effect("run a bounded number at a time, and the others in the order of the queue", () =>
    Effect.gen(function* () {
      const { begun, endAll, most, start } = makeWork(2, 10)
      const names = [
        ["first", "suspect"],
        ["second", "suspect"],
        ["suspect", "suspect"],
        ["fresh", "fresh"],
        ["known", "known"],
      ] as const
      const fibers = []
      for (const [name, priority] of names) fibers.push(yield* start(name, priority))
      expect(begun).toStrictEqual(["first", "second"])
      yield* endAll
      expect(begun).toStrictEqual(["first", "second", "known", "fresh", "suspect"])
      expect(most()).toBe(2)
      expect(yield* Effect.forEach(fibers, Fiber.join)).toStrictEqual(names.map(([name]) => Exit.succeed<string>(name)))
    }),
  )

  it.effect("refuse guesses and none of 15 logins that arrive behind 200 guesses", () =>
    Effect.gen(function* () {
      const { begun, endAll, start } = makeWork(1, 64)
      const guesses = []
      for (let index = 0; index < 200; index++) guesses.push(yield* start(`guess ${index}`, "suspect"))
      const logins = []
      for (let index = 0; index < 15; index++) {
        logins.push(yield* start(`login ${index}`, index % 2 === 0 ? "known" : "fresh"))
      }
      yield* endAll
      const guessed = yield* Effect.forEach(guesses, Fiber.join)
      expect(guessed.flatMap((exit) => refusalOf(exit) ?? [])).toStrictEqual(
        Array.from({ length: 200 - 1 - 64 + 15 }, () => 5_000),
      )
      for (const exit of yield* Effect.forEach(logins, Fiber.join)) expect(Exit.isSuccess(exit)).toBe(true)
      expect(begun.slice(0, 9)).toStrictEqual([
        "guess 0",
        ...[0, 2, 4, 6, 8, 10, 12, 14].map((index) => `login ${index}`),
      ])
    }),
  )

  it.effect("refuse computations that wait too long, and serve later ones", () =>
    Effect.gen(function* () {
      const { begun, endAll, start } = makeWork(1, 10, 20)
      const running = yield* start("running", "fresh")
      const late = yield* start("late", "known")
      expect(refusalOf(yield* Fiber.join(late))).toBe(1_000)
      yield* endAll
      expect(yield* Fiber.join(running)).toStrictEqual(Exit.succeed("running"))
      const next = yield* start("next", "suspect")
      yield* endAll
      expect(yield* Fiber.join(next)).toStrictEqual(Exit.succeed("next"))
      expect(begun).toStrictEqual(["running", "next"])
    }),
  )

  it.effect("drop interrupted callers, and keep the thread of a computation that has begun", () =>
    Effect.gen(function* () {
      const { begun, endAll, start } = makeWork(1, 2)
      const running = yield* start("running", "fresh")
      const waiting = yield* start("waiting", "fresh")
      running.interruptUnsafe()
      yield* Fiber.interrupt(waiting)
      const next = yield* start("next", "fresh")
      expect(begun).toStrictEqual(["running"])
      yield* endAll
      expect(begun).toStrictEqual(["running", "next"])
      expect(Exit.isSuccess(yield* Fiber.join(next))).toBe(true)
    }),
  )
})
