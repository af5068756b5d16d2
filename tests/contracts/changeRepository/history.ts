/** The tests of how the history is read backwards, by its filters, and since a version. */
import { expect, type Vitest } from "@effect/vitest"
import { Effect } from "effect"
import { ChangeRepository } from "../../../application/changes/ChangeRepository.ts"
import type { Repositories } from "../../../application/Ports.ts"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import type { Change } from "../../../domain/changes/Change.ts"
import type { ChangeFilter } from "../../../domain/changes/ChangeFilter.ts"
import { nextVersion, Version } from "../../../domain/shared/Version.ts"
import { restore } from "../../../domain/tasks/Task.ts"
import { TaskTitle } from "../../../domain/tasks/TaskFields.ts"
import { at, keepCategory, keepTask, keepUser, newBatchId, newTaskId } from "../../support/entities.ts"
import { changed } from "../taskRepository/fixtures.ts"
import { historyOf, makeMutation, makeToken, seq, within } from "./fixtures.ts"

const numbersOf = (changes: ReadonlyArray<Change>) => changes.map(({ seq }) => Number(seq))

export const history = (it: Vitest.MethodsNonLive<Repositories>): void => {
  it.effect("reads backwards from the newest change, or from a place, up to a limit", () =>
    Effect.gen(function* () {
      const changes = yield* ChangeRepository
      const userId = yield* keepUser
      for (let number = 0; number < 5; number++) yield* keepTask(userId)
      const all = yield* historyOf(userId)
      expect(yield* changes.readBefore(userId, {}, null, 10)).toStrictEqual(all.toReversed())
      expect(numbersOf(yield* changes.readBefore(userId, {}, null, 2))).toStrictEqual([5, 4])
      expect(numbersOf(yield* changes.readBefore(userId, {}, seq(4), 2))).toStrictEqual([3, 2])
      expect(numbersOf(yield* changes.readBefore(userId, {}, seq(2), 2))).toStrictEqual([1])
      expect(numbersOf(yield* changes.readBefore(userId, {}, seq(1), 2))).toStrictEqual([])
      expect(numbersOf(yield* changes.readBefore(userId, {}, seq(9), 10))).toStrictEqual([5, 4, 3, 2, 1])
    }),
  )

  it.effect("filters by the thing, the actor and the batch, and by all of them together", () =>
    Effect.gen(function* () {
      const changes = yield* ChangeRepository
      const tasks = yield* TaskRepository
      const userId = yield* keepUser
      const [one, other] = [makeToken(), makeToken()]
      const first = makeMutation({ actor: one })
      const task = yield* within(first)(keepTask(userId)) // 1
      const category = yield* within(first)(keepCategory(userId)) // 2
      const second = makeMutation({ actor: other })
      const later = changed(task, { priority: "high" })
      yield* within(second)(tasks.update(task, later)) // 3
      const third = makeMutation({ actor: one })
      yield* within(third)(tasks.update(later, changed(later, { priority: "low" }))) // 4
      yield* within(third)(keepTask(userId)) // 5

      const read = (filter: ChangeFilter, before: number | null = null, limit = 10) =>
        Effect.map(changes.readBefore(userId, filter, before === null ? null : seq(before), limit), numbersOf)
      expect(yield* read({ entityId: task.id })).toStrictEqual([4, 3, 1])
      expect(yield* read({ entityId: task.id }, 4)).toStrictEqual([3, 1])
      expect(yield* read({ entityId: task.id }, null, 2)).toStrictEqual([4, 3])
      expect(yield* read({ entityId: category.id })).toStrictEqual([2])
      expect(yield* read({ entityId: newTaskId() })).toStrictEqual([])
      expect(yield* read({ actorId: one.id })).toStrictEqual([5, 4, 2, 1])
      expect(yield* read({ actorId: one.id }, 5, 2)).toStrictEqual([4, 2])
      expect(yield* read({ actorId: makeToken().id })).toStrictEqual([])
      expect(yield* read({ batchId: first.batchId ?? undefined })).toStrictEqual([2, 1])
      expect(yield* read({ batchId: third.batchId ?? undefined }, 5)).toStrictEqual([4])
      expect(yield* read({ batchId: newBatchId() })).toStrictEqual([])
      expect(yield* read({ entityId: task.id, actorId: one.id })).toStrictEqual([4, 1])
      expect(yield* read({ entityId: task.id, batchId: third.batchId ?? undefined })).toStrictEqual([4])
      expect(yield* read({ entityId: task.id, actorId: other.id, batchId: second.batchId ?? undefined })).toStrictEqual(
        [3],
      )
      expect(yield* read({ entityId: task.id, actorId: one.id, batchId: second.batchId ?? undefined })).toStrictEqual(
        [],
      )
    }),
  )

  it.effect("finds the batch of a change without a batch by the change's own id", () =>
    Effect.gen(function* () {
      const changes = yield* ChangeRepository
      const userId = yield* keepUser
      yield* keepTask(userId)
      yield* keepTask(userId)
      for (const change of yield* historyOf(userId)) {
        expect(yield* changes.readBefore(userId, { batchId: change.batchId }, null, 10)).toStrictEqual([change])
      }
    }),
  )

  it.effect("reads the changes of one thing to a version above another, the oldest first", () =>
    Effect.gen(function* () {
      const changes = yield* ChangeRepository
      const tasks = yield* TaskRepository
      const userId = yield* keepUser
      let task = yield* keepTask(userId)
      for (const number of [2, 3, 4]) {
        const after = changed(task, { title: TaskTitle.make(`Version ${number}`) })
        yield* tasks.update(task, after)
        yield* keepTask(userId)
        task = after
      }
      const deleted = yield* tasks.delete(userId, task.id, at(1))
      const read = (version: number, limit = 10) =>
        Effect.map(changes.readSinceVersion(userId, task.id, Version.make(version), limit), (found) =>
          found.map(({ op, version }) => `${op} ${version}`),
        )
      expect(yield* read(1)).toStrictEqual(["updated 2", "updated 3", "updated 4", "deleted 4"])
      expect(yield* read(2, 1)).toStrictEqual(["updated 3"])
      expect(yield* read(3)).toStrictEqual(["updated 4", "deleted 4"])
      expect(yield* read(4)).toStrictEqual([])
      expect(yield* read(9)).toStrictEqual([])
      yield* tasks.restore(deleted, restore(deleted, at(2)))
      expect(yield* read(4)).toStrictEqual(["restored 5"])
      yield* tasks.delete(userId, task.id, at(3))
      yield* tasks.purge(userId, [task.id], at(4))
      // Destroying a task leads to no version.
      expect(yield* read(3)).toStrictEqual(["updated 4", "deleted 4", "restored 5", "deleted 5"])
      const other = yield* keepUser
      const foreign = changes.readSinceVersion(other, task.id, Version.make(1), 10)
      expect(yield* foreign).toStrictEqual([])
      expect(nextVersion(task.version)).toBe(5)
    }),
  )
}
