/** Holds the email worker's loop to its pauses, its backoff and its end. */
import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Layer, Logger, Ref, Scope } from "effect"
import { TestClock } from "effect/testing"
import { runOutbox } from "../../../adapters/workers/EmailWorker.ts"
import { EmailRequests } from "../../../application/outbox/EmailRequests.ts"
import { Outbox } from "../../../application/outbox/Outbox.ts"
import { queueEmail } from "../../../application/outbox/QueueEmail.ts"
import { Unavailable } from "../../../application/shared/Unavailable.ts"
import { memory } from "../../../bootstrap/memory.ts"
import { keepAccount } from "../../support/entities.ts"
import * as RecordingSender from "../../support/RecordingSender.ts"

const { MailServer } = RecordingSender
const alone = Effect.provide(Layer.fresh(RecordingSender.layer.pipe(Layer.provideMerge(memory))))

const queue = Effect.flatMap(keepAccount(), ({ id }) => queueEmail(id, "TokenTheft"))
const countOrders = Effect.flatMap(MailServer, ({ orders }) => Effect.map(Ref.get(orders), (all) => all.length))

/** Starts the loop in a scope that the test closes. */
const start = Effect.gen(function* () {
  const scope = yield* Scope.make()
  yield* Scope.provide(runOutbox, scope)
  return { stop: Effect.forkChild(Scope.close(scope, Exit.void)) }
})

describe("runOutbox", () => {
  it.effect("sends what waits at the start, all of it at once, and what comes later half a second later", () =>
    Effect.gen(function* () {
      yield* Effect.forEach(Array.from({ length: 25 }), () => queue, { discard: true })
      const { stop } = yield* start
      yield* TestClock.adjust(0)
      expect(yield* countOrders).toBe(25)
      yield* queue
      yield* TestClock.adjust(499)
      expect(yield* countOrders).toBe(25)
      yield* TestClock.adjust(1)
      expect(yield* countOrders).toBe(26)
      yield* Fiber.join(yield* stop)
    }).pipe(alone),
  )

  it.effect("says once that the store is away, asks it less and less often, and goes on when it is back", () =>
    Effect.gen(function* () {
      const outbox = yield* Outbox
      let isAway = true
      let claims = 0
      const unsteady = Outbox.of({
        ...outbox,
        claim: (options) =>
          Effect.suspend(() => {
            claims++
            return isAway
              ? Effect.die(new Unavailable({ dependency: "the database", retryAfterMillis: 1_000 }))
              : outbox.claim(options)
          }),
      })
      const levels: Array<string> = []
      const logger = Logger.make(({ logLevel }) => {
        levels.push(logLevel)
      })
      yield* queue
      const { stop } = yield* start.pipe(
        Effect.provideService(Outbox, unsteady),
        Effect.provide(Logger.layer([logger])),
      )
      // After 1, 2, 4, 8, 16, 30 and 30 seconds.
      yield* TestClock.adjust("91 seconds")
      expect([claims, levels]).toStrictEqual([8, ["Warn"]])
      isAway = false
      yield* TestClock.adjust("30 seconds")
      expect([yield* countOrders, levels]).toStrictEqual([1, ["Warn", "Info"]])
      yield* Fiber.join(yield* stop)
    }).pipe(alone),
  )

  it.effect("says once that no part of the store can be read", () =>
    Effect.gen(function* () {
      const away = Effect.die(new Unavailable({ dependency: "the database", retryAfterMillis: 1_000 }))
      const [outbox, requests] = [yield* Outbox, yield* EmailRequests]
      const levels: Array<string> = []
      const logger = Logger.make(({ logLevel }) => {
        levels.push(logLevel)
      })
      const { stop } = yield* start.pipe(
        Effect.provideService(Outbox, Outbox.of({ ...outbox, claim: () => away })),
        Effect.provideService(EmailRequests, EmailRequests.of({ ...requests, take: () => away })),
        Effect.provide(Logger.layer([logger])),
      )
      yield* TestClock.adjust("91 seconds")
      expect(levels).toStrictEqual(["Warn"])
      yield* Fiber.join(yield* stop)
    }).pipe(alone),
  )

  it.effect("does not wait for ever for a store that has gone silent", () =>
    Effect.gen(function* () {
      const outbox = yield* Outbox
      let claims = 0
      const silentAtFirst = Outbox.of({
        ...outbox,
        claim: (options) => Effect.suspend(() => (++claims === 1 ? Effect.never : outbox.claim(options))),
      })
      yield* queue
      const { stop } = yield* start.pipe(Effect.provideService(Outbox, silentAtFirst), Effect.provide(Logger.layer([])))
      yield* TestClock.adjust("16 seconds")
      expect(yield* countOrders).toBe(1)
      yield* Fiber.join(yield* stop)
    }).pipe(alone),
  )

  it.effect("stops by claiming no more and letting what is under way end", () =>
    Effect.gen(function* () {
      const { answer } = yield* MailServer
      const mayEnd = yield* Deferred.make<void>()
      yield* Ref.set(answer, () => Deferred.await(mayEnd))
      yield* queue
      const { stop } = yield* start
      yield* TestClock.adjust(0)
      const stopped = yield* stop
      yield* TestClock.adjust("9 seconds")
      expect(stopped.pollUnsafe()).toBeUndefined()
      yield* queue
      yield* Deferred.succeed(mayEnd, undefined)
      yield* Fiber.join(stopped)
      expect(yield* (yield* Outbox).counts).toStrictEqual({ waiting: 1, dead: 0 })
      expect(yield* countOrders).toBe(1)
    }).pipe(alone),
  )

  it.effect("waits ten seconds for it and no longer", () =>
    Effect.gen(function* () {
      const { answer } = yield* MailServer
      yield* Ref.set(answer, () => Effect.never)
      yield* queue
      const { stop } = yield* start
      yield* TestClock.adjust(0)
      const stopped = yield* stop
      yield* TestClock.adjust("10 seconds")
      yield* Fiber.join(stopped)
      expect(yield* (yield* Outbox).counts).toStrictEqual({ waiting: 1, dead: 0 })
    }).pipe(alone),
  )
})
