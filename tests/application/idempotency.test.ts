/** Tests that requests with one idempotency key have one effect, and all get its response. */
import { expect, layer } from "@effect/vitest"
import { Cause, Deferred, Effect, Exit, Fiber, Option } from "effect"
import { TestClock } from "effect/testing"
import { IdempotencyKeyReused, makeRunOnce } from "../../application/changes/Idempotency.ts"
import { IdempotencyRecords, KeyAlreadyUsed } from "../../application/changes/IdempotencyRecords.ts"
import { IdempotencyRetention } from "../../application/changes/IdempotencyRetention.ts"
import { IdempotencyInProgress } from "../../application/changes/KeyTurns.ts"
import { atomicallyWithResult } from "../../application/changes/Mutation.ts"
import { Unavailable } from "../../application/shared/Unavailable.ts"
import { createTask } from "../../application/tasks/CreateTask.ts"
import { deleteTask } from "../../application/tasks/DeleteTask.ts"
import { listTasks } from "../../application/tasks/ListTasks.ts"
import { updateTask } from "../../application/tasks/UpdateTask.ts"
import { memory } from "../../bootstrap/memory.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { IdempotencyKey } from "../../domain/changes/IdempotencyKey.ts"
import { firstVersion, nextVersion } from "../../domain/shared/Version.ts"
import { TaskTitle } from "../../domain/tasks/TaskFields.ts"
import type { TaskId } from "../../domain/tasks/TaskId.ts"
import { keepUser, makeQuery, newTaskId } from "../support/entities.ts"
import { timesAtOnce } from "../support/interleaving.ts"

const title = TaskTitle.make("Water the plants")
const key = IdempotencyKey.make("k")

/** Returns a request with the key that stores its result as JSON, and looks the key up after every refusal. */
const request = (userId: UserId, fingerprint = "one", isRefusal: (error: unknown) => boolean = () => true) => ({
  userId,
  key,
  fingerprint,
  toResponse: (result: unknown, hasChanged: boolean) => JSON.stringify({ result, hasChanged }),
  isRefusal,
})
const countTasks = (userId: UserId) => Effect.map(listTasks({ userId, ...makeQuery() }), ({ total }) => total)
const recordOf = (userId: UserId) => Effect.flatMap(IdempotencyRecords, ({ get }) => get(userId, key))

layer(memory)("a request with an idempotency key", (it) => {
  it.effect("is executed once, and each repetition gets the stored response", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const runOnce = makeRunOnce()
      const create = runOnce(request(userId), createTask({ userId, title }))
      const first = yield* create
      const task = first._tag === "Executed" ? first.result : null
      expect(first).toStrictEqual({ _tag: "Executed", result: task, hasChanged: true })
      const response = JSON.stringify({ result: task, hasChanged: true })
      for (let time = 0; time < 3; time++) expect(yield* create).toStrictEqual({ _tag: "Repeated", response })
      expect(yield* countTasks(userId)).toBe(1)
      const other = yield* keepUser
      expect((yield* runOnce(request(other), createTask({ userId: other, title })))._tag).toBe("Executed")
    }),
  )

  it.effect("gets the response of the first, if it is refused because the first succeeded", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const { id: taskId } = yield* createTask({ userId, title })
      const runOnce = makeRunOnce()
      const rename = updateTask({ userId, taskId, version: firstVersion, title: TaskTitle.make("Buy milk") })
      expect((yield* runOnce(request(userId), rename))._tag).toBe("Executed")
      expect(yield* Effect.flip(rename)).toMatchObject({ _tag: "StaleTaskVersion" })
      expect((yield* runOnce(request(userId), rename))._tag).toBe("Repeated")
      const remove = deleteTask({ userId, taskId })
      const second = { ...request(userId), key: IdempotencyKey.make("second") }
      expect((yield* runOnce(second, remove))._tag).toBe("Executed")
      expect((yield* runOnce(second, remove))._tag).toBe("Repeated")
      // A refusal that the driver does not look up stays as it is.
      const strict = { ...second, isRefusal: () => false }
      expect(yield* Effect.flip(runOnce(strict, remove))).toMatchObject({ _tag: "TaskNotFound" })
    }),
  )

  it.effect("that changes nothing is stored too", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const task = yield* createTask({ userId, title })
      const runOnce = makeRunOnce()
      const same = runOnce(request(userId), updateTask({ userId, taskId: task.id, version: firstVersion, title }))
      const first = yield* same
      expect(first).toStrictEqual({ _tag: "Executed", result: task, hasChanged: false })
      const response = JSON.stringify({ result: first._tag === "Executed" && first.result, hasChanged: false })
      expect(Option.map(yield* recordOf(userId), (record) => record.response)).toStrictEqual(Option.some(response))
      yield* updateTask({ userId, taskId: task.id, version: firstVersion, title: TaskTitle.make("Buy milk") })
      expect(yield* same).toStrictEqual({ _tag: "Repeated", response })
    }),
  )

  it.effect("is refused if the key was used for another request", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const runOnce = makeRunOnce()
      yield* runOnce(request(userId), createTask({ userId, title }))
      const reused = new IdempotencyKeyReused()
      expect(yield* Effect.flip(runOnce(request(userId, "two"), createTask({ userId, title })))).toStrictEqual(reused)
      const missing = deleteTask({ userId, taskId: newTaskId() })
      expect(yield* Effect.flip(runOnce(request(userId, "two"), missing))).toStrictEqual(reused)
      const [task] = (yield* listTasks({ userId, ...makeQuery() })).data
      const same = updateTask({ userId, taskId: task?.id as TaskId, version: firstVersion, title })
      expect(yield* Effect.flip(runOnce(request(userId, "two"), same))).toStrictEqual(reused)
      expect(yield* countTasks(userId)).toBe(1)
    }),
  )

  it.effect("that failed leaves the key as new", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const runOnce = makeRunOnce()
      const failing = runOnce(request(userId, "two"), deleteTask({ userId, taskId: newTaskId() }))
      expect(yield* Effect.flip(failing)).toMatchObject({ _tag: "TaskNotFound" })
      const dying = runOnce(request(userId, "two"), Effect.die(new Error("broken")))
      expect((yield* Effect.exit(dying))._tag).toBe("Failure")
      expect((yield* runOnce(request(userId), createTask({ userId, title })))._tag).toBe("Executed")
    }),
  )

  it.effect("is executed anew after the retention, and not before", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const runOnce = makeRunOnce()
      const create = runOnce(request(userId), createTask({ userId, title }))
      yield* create
      yield* TestClock.adjust(yield* IdempotencyRetention)
      expect((yield* create)._tag).toBe("Repeated")
      yield* TestClock.adjust(1)
      expect((yield* create)._tag).toBe("Executed")
      expect((yield* create)._tag).toBe("Repeated")
      expect(yield* countTasks(userId)).toBe(2)
    }),
  )

  it.effect("waits for the first, and then gets its response", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const runOnce = makeRunOnce()
      let executed = 0
      const create = Effect.andThen(
        Effect.sync(() => {
          executed++
        }),
        createTask({ userId, title }),
      )
      const outcomes = yield* timesAtOnce(50, runOnce(request(userId), create))
      const repeated = outcomes.filter(({ _tag }) => _tag === "Repeated")
      expect([outcomes.length, repeated.length, executed]).toStrictEqual([50, 49, 1])
      expect(new Set(repeated.map((outcome) => JSON.stringify(outcome))).size).toBe(1)
      expect(yield* countTasks(userId)).toBe(1)
    }),
  )

  it.effect("executes itself if the first one fails, and refuses after two seconds of waiting", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const runOnce = makeRunOnce()
      const gate = yield* Deferred.make<void>()
      const slow = yield* Effect.forkChild(
        Effect.exit(
          runOnce(
            request(userId),
            Effect.andThen(
              Deferred.await(gate),
              Effect.die(new Unavailable({ dependency: "a test", retryAfterMillis: 1 })),
            ),
          ),
        ),
      )
      yield* TestClock.adjust(0)
      const create = runOnce(request(userId), createTask({ userId, title }))
      const impatient = yield* Effect.forkChild(Effect.flip(create))
      yield* TestClock.adjust(1999)
      const patient = yield* Effect.forkChild(create)
      const gone = yield* Effect.forkChild(create)
      yield* TestClock.adjust(1)
      expect(yield* Fiber.join(impatient)).toStrictEqual(new IdempotencyInProgress())
      yield* Fiber.interrupt(gone)
      yield* Deferred.succeed(gate, undefined)
      expect((yield* Fiber.join(slow))._tag).toBe("Failure")
      expect((yield* Fiber.join(patient))._tag).toBe("Executed")
      expect((yield* create)._tag).toBe("Repeated")
    }),
  )

  it.effect("that is interrupted frees its key", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const runOnce = makeRunOnce()
      const stuck = yield* Effect.forkChild(runOnce(request(userId), Effect.never))
      yield* TestClock.adjust(0)
      yield* Fiber.interrupt(stuck)
      expect((yield* runOnce(request(userId), createTask({ userId, title })))._tag).toBe("Executed")
    }),
  )

  it.effect("is unavailable if its key is taken each time, but never has a record", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      let attempts = 0
      const taken = Effect.suspend(() => {
        attempts++
        return Effect.die(new KeyAlreadyUsed({ key }))
      })
      const exit = yield* Effect.exit(makeRunOnce()(request(userId), taken))
      expect(Exit.isFailure(exit) && Cause.squash(exit.cause)).toBeInstanceOf(Unavailable)
      expect(attempts).toBe(3)
    }),
  )

  it.effect("stores the response to several writes with the last of them, or nothing at all", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const runOnce = makeRunOnce()
      const writeTwice = Effect.gen(function* () {
        const { id: taskId } = yield* createTask({ userId, title })
        return yield* updateTask({ userId, taskId, version: firstVersion, title: TaskTitle.make("Buy milk") })
      })
      const twice = runOnce(request(userId), atomicallyWithResult(userId, writeTwice))
      const first = yield* twice
      const task = first._tag === "Executed" ? first.result : null
      expect(task?.version).toBe(nextVersion(firstVersion))
      const response = JSON.stringify({ result: task, hasChanged: true })
      expect(yield* twice).toStrictEqual({ _tag: "Repeated", response })
      const other = runOnce(request(userId, "two"), atomicallyWithResult(userId, writeTwice))
      expect(yield* Effect.flip(other)).toStrictEqual(new IdempotencyKeyReused())
      expect(yield* countTasks(userId)).toBe(1)
    }),
  )
})
