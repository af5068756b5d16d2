/** The tests of how old changes are removed, and of what is left. */
import { expect, type Vitest } from "@effect/vitest"
import { Effect, Result } from "effect"
import { ChangeRepository } from "../../../application/changes/ChangeRepository.ts"
import type { Repositories } from "../../../application/Ports.ts"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"
import { type ChangeCursor, markOf, resume } from "../../../domain/changes/ChangeCursor.ts"
import { UndoTarget } from "../../../domain/changes/UndoPlan.ts"
import type { Timestamp } from "../../../domain/shared/Timestamp.ts"
import { Version } from "../../../domain/shared/Version.ts"
import { TaskTitle } from "../../../domain/tasks/TaskFields.ts"
import { at, keepTask, keepUser } from "../../support/entities.ts"
import { changed } from "../taskRepository/fixtures.ts"
import { both, historyOf, makeMutation, seq, within } from "./fixtures.ts"
import { longAgo, trimChanges } from "./longAgo.ts"

/** Records a change at each of the times. All are of one task. */
const keepChanges = Effect.fnUntraced(function* (userId: UserId, times: ReadonlyArray<Timestamp>) {
  const tasks = yield* TaskRepository
  const [first, ...rest] = times
  let task = yield* keepTask(userId, { createdAt: first ?? at(0), updatedAt: first ?? at(0) })
  for (const [index, updatedAt] of rest.entries()) {
    const after = { ...changed(task, { title: TaskTitle.make(`Change ${index}`) }), updatedAt }
    yield* tasks.update(task, after)
    task = after
  }
  return task
})

export const retention = (it: Vitest.MethodsNonLive<Repositories>): void => {
  it.effect("removes changes from before a time, and keeps the place after the last of them", () =>
    Effect.gen(function* () {
      const changes = yield* ChangeRepository
      const userId = yield* keepUser
      const task = yield* keepChanges(userId, [longAgo(1), longAgo(2), longAgo(3), at(0), at(1)])
      const all = yield* historyOf(userId)
      const before = yield* changes.ends(userId)
      expect(yield* trimChanges(longAgo(1))).toBe(0)
      expect(yield* changes.ends(userId)).toStrictEqual(before)

      expect(yield* trimChanges(longAgo(3))).toBe(2)
      const [, second, third] = all
      if (second === undefined || third === undefined) return
      const oldest = { seq: second.seq, mark: markOf(second.id) }
      expect(yield* changes.ends(userId)).toStrictEqual({ oldest, latest: before.latest })
      expect(yield* historyOf(userId)).toStrictEqual(all.slice(2))
      const page = yield* changes.readAfter(userId, null, both, 10)
      expect(page.bounds).toStrictEqual({ head: 5, floor: 2, floorMark: oldest.mark, rowAt: null })
      expect(page.tasks.get(task.id)?.version).toBe(5)

      expect(yield* trimChanges(longAgo(4))).toBe(1)
      expect((yield* changes.ends(userId)).oldest).toStrictEqual({ seq: 3, mark: markOf(third.id) })
      // The next change has the next number.
      yield* keepTask(userId)
      expect((yield* changes.ends(userId)).latest.seq).toBe(6)
    }),
  )

  it.effect("removes at most the limit over all users, and the rest in later batches", () =>
    Effect.gen(function* () {
      const users = [yield* keepUser, yield* keepUser] as const
      for (const userId of users) yield* keepChanges(userId, [longAgo(41), longAgo(42), longAgo(43), at(0)])
      const counts = []
      for (let batch = 0; batch < 4; batch++) counts.push(yield* trimChanges(longAgo(50), 2))
      expect(counts).toStrictEqual([2, 2, 2, 0])
      for (const userId of users) {
        expect((yield* historyOf(userId)).map(({ seq }) => Number(seq))).toStrictEqual([4])
      }
    }),
  )

  it.effect("lets a cursor resume at the floor and above, and tells one below that it is too old", () =>
    Effect.gen(function* () {
      const changes = yield* ChangeRepository
      const userId = yield* keepUser
      yield* keepChanges(userId, [longAgo(61), longAgo(62), longAgo(63), at(0)])
      const all = yield* historyOf(userId)
      const cursors = all.map(({ id, seq }): ChangeCursor => ({ seq, mark: markOf(id) }))
      const { oldest } = yield* changes.ends(userId)
      expect(yield* trimChanges(longAgo(63))).toBe(2)
      const readOn = Effect.fnUntraced(function* (cursor: ChangeCursor) {
        const page = yield* changes.readAfter(userId, cursor.seq, both, 10)
        const resumed = resume(cursor, page.bounds)
        return Result.isSuccess(resumed) ? page.changes.length : resumed.failure._tag
      })
      const resumed = []
      for (const cursor of [oldest, ...cursors]) resumed.push(yield* readOn(cursor))
      expect(resumed).toStrictEqual(["CursorExpired", "CursorExpired", 2, 1, 0])
      expect(yield* readOn({ seq: seq(2), mark: oldest.mark })).toBe("CursorReset")
      expect(yield* trimChanges(longAgo(64))).toBe(1)
    }),
  )

  it.effect("keeps the place of the newest change if all are removed", () =>
    Effect.gen(function* () {
      const changes = yield* ChangeRepository
      const userId = yield* keepUser
      yield* keepChanges(userId, [longAgo(81), longAgo(82)])
      const { latest } = yield* changes.ends(userId)
      expect(yield* trimChanges(longAgo(90))).toBe(2)
      expect(yield* changes.ends(userId)).toStrictEqual({ oldest: latest, latest })
      const page = yield* changes.readAfter(userId, latest.seq, both, 10)
      expect(Result.isSuccess(resume(latest, page.bounds))).toBe(true)
      expect(page.changes).toStrictEqual([])
      yield* keepTask(userId)
      expect((yield* historyOf(userId)).map(({ seq }) => Number(seq))).toStrictEqual([3])
    }),
  )

  it.effect("finds no removed change by any of its ids", () =>
    Effect.gen(function* () {
      const changes = yield* ChangeRepository
      const userId = yield* keepUser
      const mutation = makeMutation()
      const task = yield* within(mutation)(keepChanges(userId, [longAgo(101), longAgo(102), at(0)]))
      const [first, second, third] = yield* historyOf(userId)
      if (first === undefined || second === undefined || third === undefined || mutation.batchId === null) return
      const { batchId } = mutation
      expect(yield* trimChanges(longAgo(103))).toBe(2)
      const left = [third]
      expect(yield* changes.readTarget(userId, UndoTarget.OneChange({ changeId: first.id }), 10)).toStrictEqual([])
      expect(yield* changes.readTarget(userId, UndoTarget.OneChange({ changeId: second.id }), 10)).toStrictEqual([])
      expect(yield* changes.readTarget(userId, UndoTarget.OneChange({ changeId: third.id }), 10)).toStrictEqual(left)
      expect(yield* changes.readTarget(userId, UndoTarget.Batch({ batchId }), 10)).toStrictEqual(left)
      expect(yield* changes.readBefore(userId, { batchId }, null, 10)).toStrictEqual(left)
      expect(yield* changes.readBefore(userId, { entityId: task.id }, null, 10)).toStrictEqual(left)
      expect(yield* changes.readBefore(userId, {}, seq(3), 10)).toStrictEqual([])
      expect(yield* changes.readSinceVersion(userId, task.id, Version.make(1), 10)).toStrictEqual(left)
      expect(yield* changes.readFrom(userId, [task.id], seq(1), 10)).toStrictEqual(left)
    }),
  )

  it.effect("stops at the first change that is not old, and goes on with those of others", () =>
    Effect.gen(function* () {
      const [userId, other] = [yield* keepUser, yield* keepUser]
      // The third and the fourth were recorded by a clock that was behind.
      yield* keepChanges(userId, [longAgo(121), at(0), longAgo(122), longAgo(123)])
      expect(yield* trimChanges(longAgo(130))).toBe(1)
      expect((yield* historyOf(userId)).map(({ seq }) => Number(seq))).toStrictEqual([2, 3, 4])
      expect(yield* trimChanges(longAgo(130))).toBe(0)
      yield* keepChanges(other, [longAgo(124), longAgo(125)])
      const counts = []
      for (let batch = 0; batch < 3; batch++) counts.push(yield* trimChanges(longAgo(130), 1))
      expect(counts).toStrictEqual([1, 1, 0])
    }),
  )
}
