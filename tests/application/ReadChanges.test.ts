/** Holds the change feed to its order, its places, and what it returns while there is nothing new. */
import { expect, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { createCategory } from "../../application/categories/CreateCategory.ts"
import { CurrentMutation, runAsMutation } from "../../application/changes/Mutation.ts"
import { type ReadChanges, readChanges } from "../../application/changes/ReadChanges.ts"
import { cleanUp } from "../../application/cleanup/CleanUp.ts"
import { createTask } from "../../application/tasks/CreateTask.ts"
import { deleteTask } from "../../application/tasks/DeleteTask.ts"
import { updateTask } from "../../application/tasks/UpdateTask.ts"
import { memory } from "../../bootstrap/memory.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { CategoryName } from "../../domain/categories/Category.ts"
import { SequenceNumber } from "../../domain/changes/Change.ts"
import { ChangeMark } from "../../domain/changes/ChangeCursor.ts"
import { FeedLimit, WaitSeconds } from "../../domain/changes/ChangeFeed.ts"
import { TaskTitle } from "../../domain/tasks/TaskFields.ts"
import { keepUser, newUserId } from "../support/entities.ts"

type Work<A, E, R> = Effect.Effect<A, E, R>

/** Writes as a request does, and wakes those that wait. */
const asRequest = <A, E, R>(work: Work<A, E, R>) =>
  Effect.flatMap(CurrentMutation, (mutation) => runAsMutation(mutation, work))
const addTask = (userId: UserId, title = "Water the plants") =>
  asRequest(createTask({ userId, title: TaskTitle.make(title) }))
const addCategory = (userId: UserId) => asRequest(createCategory({ userId, name: CategoryName.make("Garden") }))

const read = (
  userId: UserId,
  options: Partial<Omit<ReadChanges, "userId">> = {},
  stop: Effect.Effect<void> = Effect.never,
) =>
  readChanges(
    {
      userId,
      since: "oldest",
      entities: ["task", "category"],
      limit: FeedLimit.make(100),
      waitSeconds: WaitSeconds.make(0),
      ...options,
    },
    stop,
  )

const seconds = (count: number) => WaitSeconds.make(count)

/** Starts to read, and returns once the reading waits. */
const startToWait = Effect.fnUntraced(function* <A, E, R>(reading: Work<A, E, R>) {
  const fiber = yield* Effect.forkChild(reading)
  yield* TestClock.adjust(0)
  expect(fiber.pollUnsafe()).toBeUndefined()
  return fiber
})

layer(memory)("the change feed", (it) => {
  it.effect("returns all changes in order, with the newest states of what they name", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const task = yield* addTask(userId)
      const category = yield* addCategory(userId)
      const deleted = yield* addTask(userId, "Buy milk")
      yield* deleteTask({ userId, taskId: deleted.id })
      const renamed = yield* updateTask({
        userId,
        taskId: task.id,
        version: task.version,
        title: TaskTitle.make("Water all plants"),
      })
      yield* addTask(yield* keepUser)
      const page = yield* read(userId)
      expect(page.changes.map(({ entityId, op, seq }) => [seq, op, entityId])).toEqual([
        [1, "created", task.id],
        [2, "created", category.id],
        [3, "created", deleted.id],
        [4, "deleted", deleted.id],
        [5, "updated", task.id],
      ])
      expect([...page.tasks]).toEqual([[task.id, renamed]])
      expect([...page.categories]).toEqual([[category.id, category]])
      expect([page.hasMore, page.next.seq]).toEqual([false, 5])
    }),
  )

  it.effect("returns every change once when it is read page by page", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      for (let count = 0; count < 7; count++) yield* addTask(userId)
      const pages = []
      let page = yield* read(userId, { limit: FeedLimit.make(3) })
      for (pages.push(page); page.hasMore; pages.push(page)) {
        page = yield* read(userId, { limit: FeedLimit.make(3), since: page.next })
      }
      expect(pages.map(({ changes }) => changes.map(({ seq }) => seq))).toEqual([[1, 2, 3], [4, 5, 6], [7]])
      expect((yield* read(userId, { since: page.next })).changes).toEqual([])
    }),
  )

  it.effect("moves its place past the changes that are left out", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      yield* addTask(userId)
      yield* addCategory(userId)
      yield* addTask(userId)
      const page = yield* read(userId, { entities: ["category"] })
      expect([page.changes.map(({ seq }) => seq), page.next.seq, page.hasMore]).toEqual([[2], 3, false])
      expect((yield* read(userId, { since: page.next })).changes).toEqual([])
    }),
  )

  it.effect("returns only the newest place if it is asked for that, also of a user without changes", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const empty = yield* read(userId, { since: "latest" })
      expect([empty.changes, empty.next.seq, empty.hasMore]).toEqual([[], 0, false])
      expect((yield* read(userId)).next).toEqual(empty.next)
      yield* addTask(userId)
      const page = yield* read(userId, { since: "latest" })
      expect([page.changes, page.next.seq]).toEqual([[], 1])
      expect((yield* read(userId, { since: empty.next })).next).toEqual(page.next)
    }),
  )

  it.effect("refuses a cursor of another history, and one whose next changes are gone", () =>
    Effect.gen(function* () {
      const [userId, other] = [yield* keepUser, yield* keepUser]
      for (let count = 0; count < 3; count++) yield* addTask(userId)
      for (let count = 0; count < 2; count++) yield* addTask(other)
      const early = (yield* read(userId, { limit: FeedLimit.make(1) })).next
      const foreign = (yield* read(other)).next
      for (const since of [foreign, { seq: SequenceNumber.make(9), mark: ChangeMark.make(1) }]) {
        const error = yield* Effect.flip(read(userId, { since }))
        expect(error).toMatchObject({ _tag: "CannotResume", reason: { _tag: "CursorReset" } })
      }
      yield* TestClock.adjust("91 days")
      yield* cleanUp()
      const { next } = yield* read(userId)
      const error = yield* Effect.flip(read(userId, { since: early }))
      expect(error).toMatchObject({
        _tag: "CannotResume",
        reason: { _tag: "CursorExpired" },
        oldest: next,
        latest: next,
      })
      expect((yield* read(userId, { since: next })).changes).toEqual([])
    }),
  )

  it.effect("fails for a user without an account", () =>
    Effect.gen(function* () {
      for (const since of ["oldest", "latest"] as const) {
        const error = yield* Effect.flip(read(newUserId(), { since, waitSeconds: seconds(5) }))
        expect(error._tag).toBe("AccountNotFound")
      }
    }),
  )
})

layer(memory)("a reader that waits", (it) => {
  it.effect("gets at once what is there already", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      yield* addTask(userId)
      expect((yield* read(userId, { waitSeconds: seconds(25) })).changes.length).toBe(1)
    }),
  )

  it.effect.each(["oldest", "latest"] as const)("gets a change when it is made (since the %s)", (since) =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const fiber = yield* startToWait(read(userId, { since, waitSeconds: seconds(25) }))
      yield* TestClock.adjust("24 seconds")
      const task = yield* addTask(userId)
      const page = yield* Fiber.join(fiber)
      expect(page.changes.map(({ entityId }) => entityId)).toEqual([task.id])
      expect([...page.tasks.values()]).toEqual([task])
    }),
  )

  it.effect("gets an empty page with the newest place when its time is up, whatever was left out", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const fiber = yield* startToWait(read(userId, { entities: ["category"], waitSeconds: seconds(10) }))
      for (let count = 1; count <= 3; count++) {
        yield* TestClock.adjust("3 seconds")
        yield* addTask(userId)
      }
      yield* TestClock.adjust("999 millis")
      expect(fiber.pollUnsafe()).toBeUndefined()
      yield* TestClock.adjust("1 millis")
      const page = yield* Fiber.join(fiber)
      expect([page.changes, page.next.seq, page.hasMore]).toEqual([[], 3, false])
    }),
  )

  it.effect("gets an empty page when the server stops", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const stopping = yield* Deferred.make<void>()
      const waiting = { waitSeconds: seconds(25) }
      const fiber = yield* startToWait(read(userId, waiting, Deferred.await(stopping)))
      yield* Deferred.succeed(stopping, undefined)
      const page = yield* Fiber.join(fiber)
      expect([page.changes, page.next.seq]).toEqual([[], 0])
      expect((yield* read(userId, waiting, Deferred.await(stopping))).changes).toEqual([])
    }),
  )
})
