/** Holds cleanup to its retention times, its batches and its pauses. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Logger, Ref } from "effect"
import { TestClock } from "effect/testing"
import { runCleanup } from "../../adapters/workers/CleanupWorker.ts"
import { SessionRepository } from "../../application/accounts/sessions/SessionRepository.ts"
import { cleanUp } from "../../application/cleanup/CleanUp.ts"
import { DeletedTaskRetention } from "../../application/cleanup/DeletedTaskRetention.ts"
import { ExpiredRecords } from "../../application/cleanup/ExpiredRecords.ts"
import { now } from "../../application/shared/Now.ts"
import { Unavailable } from "../../application/shared/Unavailable.ts"
import { TaskRepository } from "../../application/tasks/TaskRepository.ts"
import { memory } from "../../bootstrap/memory.ts"
import { start } from "../../domain/accounts/Session.ts"
import { keepTask, keepUser, newSessionId, newTokenHash } from "../support/entities.ts"

const hour = 60 * 60 * 1000
const day = 24 * hour

/** Creates a task of a new user and deletes it now. */
const deleteTask = Effect.gen(function* () {
  const tasks = yield* TaskRepository
  const task = yield* keepTask(yield* keepUser)
  yield* tasks.delete(task.userId, task.id, yield* now)
  return task
})

const isKept = (task: Effect.Success<typeof deleteTask>) =>
  Effect.flatMap(TaskRepository, (tasks) => Effect.isSuccess(tasks.getDeleted(task.userId, task.id)))

/** Runs the effect to its end, and advances the clock for everything that it waits for. */
const passingTime = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(effect)
    yield* TestClock.adjust("10 minutes")
    return yield* Fiber.join(fiber)
  })

describe("cleanUp", () => {
  it.effect("removes deleted tasks after 30 days, not before", () =>
    Effect.gen(function* () {
      const task = yield* deleteTask
      yield* TestClock.adjust(30 * day)
      expect((yield* cleanUp()).tasks).toBe(0)
      expect(yield* isKept(task)).toBe(true)
      yield* TestClock.adjust(1)
      expect((yield* cleanUp()).tasks).toBe(1)
      expect(yield* isKept(task)).toBe(false)
    }).pipe(Effect.provide(memory)),
  )

  it.effect("keeps deleted tasks for the configured time", () =>
    Effect.gen(function* () {
      const task = yield* deleteTask
      yield* TestClock.adjust(2 * day + 1)
      expect((yield* cleanUp()).tasks).toBe(0)
      const removed = yield* Effect.provideService(cleanUp(), DeletedTaskRetention, 2 * day)
      expect(removed.tasks).toBe(1)
      expect(yield* isKept(task)).toBe(false)
    }).pipe(Effect.provide(memory)),
  )

  it.effect("keeps a revoked session for longer than the lifetime of any access token", () =>
    Effect.gen(function* () {
      const sessions = yield* SessionRepository
      const ids = { id: newSessionId(), device: null, userId: yield* keepUser, tokenHash: newTokenHash() }
      const { session, token } = start(ids, { lifetimeMillis: 365 * day, reuseLeewayMillis: 0 }, yield* now)
      yield* sessions.insert(session, token)
      const revokedAt = yield* now
      yield* sessions.revoke(session.userId, session.id)
      yield* TestClock.adjust(day + hour)
      expect((yield* cleanUp()).sessions).toBe(0)
      expect(yield* sessions.revokedSince(revokedAt)).toStrictEqual([session.id])
      yield* TestClock.adjust(1)
      expect((yield* cleanUp()).sessions).toBe(1)
      expect(yield* sessions.revokedSince(revokedAt)).toStrictEqual([])
    }).pipe(Effect.provide(memory)),
  )

  it.effect("removes a thousand records per batch until none is left", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const userId = yield* keepUser
      for (let count = 0; count < 2_500; count++) {
        const task = yield* keepTask(userId)
        yield* tasks.delete(userId, task.id, yield* now)
      }
      yield* TestClock.adjust(31 * day)
      const removed = yield* passingTime(cleanUp())
      expect(removed.tasks).toBe(2_500)
    }).pipe(Effect.provide(memory)),
  )

  it.effect("stops if another process removes records, and after a thousand batches", () =>
    Effect.gen(function* () {
      const expired = yield* ExpiredRecords
      const taken = ExpiredRecords.of({ removeBatch: () => Effect.succeed(null) })
      expect((yield* Effect.provideService(cleanUp(), ExpiredRecords, taken)).tasks).toBe(0)

      const none = yield* cleanUp()
      const endless = ExpiredRecords.of({
        removeBatch: (before, limit, at) =>
          Effect.as(expired.removeBatch(before, limit, at), { ...none, tasks: limit }),
      })
      const removed = yield* passingTime(Effect.provideService(cleanUp(), ExpiredRecords, endless))
      expect(removed.tasks).toBe(1_000_000)
    }).pipe(Effect.provide(memory)),
  )
})

describe("keepHouse", () => {
  it.effect("cleans up a minute after the start and then about once an hour, and logs what it removed", () =>
    Effect.gen(function* () {
      const lines: Array<unknown> = []
      const logger = Logger.make<unknown, void>(({ message }) => void lines.push(message))
      yield* Effect.gen(function* () {
        const first = yield* deleteTask
        yield* TestClock.adjust(31 * day)
        yield* runCleanup
        yield* TestClock.adjust(59_999)
        expect(yield* isKept(first)).toBe(true)
        yield* TestClock.adjust(1)
        expect(yield* isKept(first)).toBe(false)
        expect(lines.flat()).toStrictEqual(["Removed what is over: 1 tasks"])

        yield* TestClock.adjust(3 * hour)
        expect(lines.length).toBe(1)
        const second = yield* deleteTask
        yield* TestClock.adjust(31 * day)
        expect(yield* isKept(second)).toBe(false)
        expect(lines.length).toBe(2)
      }).pipe(Effect.provide(Logger.layer([logger])))
    }).pipe(Effect.scoped, Effect.provide(memory)),
  )

  it.effect("continues after the database was unavailable", () =>
    Effect.gen(function* () {
      const expired = yield* ExpiredRecords
      const isAway = yield* Ref.make(true)
      const unsteady = ExpiredRecords.of({
        removeBatch: (before, limit, at) =>
          Effect.flatMap(Ref.get(isAway), (away) =>
            away
              ? Effect.die(new Unavailable({ dependency: "the database", retryAfterMillis: 1_000 }))
              : expired.removeBatch(before, limit, at),
          ),
      })
      const task = yield* deleteTask
      yield* TestClock.adjust(31 * day)
      yield* Effect.provideService(runCleanup, ExpiredRecords, unsteady)
      yield* TestClock.adjust(3 * hour)
      expect(yield* isKept(task)).toBe(true)
      yield* Ref.set(isAway, false)
      yield* TestClock.adjust(2 * hour)
      expect(yield* isKept(task)).toBe(false)
    }).pipe(Effect.scoped, Effect.provide(memory)),
  )
})
