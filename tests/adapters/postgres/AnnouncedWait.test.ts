/** Holds the wait for a database at the start to one log entry and to its timeout. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Logger } from "effect"
import { TestClock } from "effect/testing"
import { announceWait } from "../../../adapters/postgres/client/AnnouncedWait.ts"

const announced = (effect: Effect.Effect<unknown>, millis: number) =>
  Effect.gen(function* () {
    const lines: Array<string> = []
    const log = Logger.layer([Logger.make(({ message }) => void lines.push(String(message)))])
    const fiber = yield* Effect.forkChild(
      announceWait("the database at db:5432/tasks")(effect).pipe(Effect.provide(log)),
    )
    yield* TestClock.adjust(millis)
    yield* Fiber.interrupt(fiber)
    return lines
  })

describe("a wait of the start", () => {
  it.effect("is logged once it has lasted a second", () =>
    Effect.gen(function* () {
      expect(yield* announced(Effect.never, 999)).toStrictEqual([])
      expect(yield* announced(Effect.never, 60_000)).toStrictEqual(["Waiting for the database at db:5432/tasks"])
    }),
  )

  it.effect("is not logged if it ends before", () =>
    Effect.gen(function* () {
      expect(yield* announced(Effect.sleep(900), 5_000)).toStrictEqual([])
    }),
  )
})
