/** The tests of every promise that a `TaskRepository` makes about deleting and restoring tasks. */
import { expect, type Vitest } from "@effect/vitest"
import { Effect } from "effect"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import { Version } from "../../../domain/shared/Version.ts"
import { restore } from "../../../domain/tasks/Task.ts"
import { at, keepCategory, keepTask, keepUser, makeQuery } from "../../support/entities.ts"
import { timesAtOnce } from "../../support/interleaving.ts"

import { assign, changed, expectedPage, full, pageOf, type Stores } from "./fixtures.ts"

export const deletion = (it: Vitest.MethodsNonLive<Stores>): void => {
  it.effect("finds a deleted task only among the deleted", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const userId = yield* keepUser
      const task = yield* keepTask(userId, full)
      const kept = yield* keepTask(userId)
      expect(yield* tasks.delete(userId, task.id, at(30))).toStrictEqual({ task, deletedAt: at(30) })
      const attempts = [
        tasks.get(userId, task.id),
        tasks.getForUpdate(userId, task.id),
        tasks.update(task, changed(task)),
        tasks.delete(userId, task.id, at(40)),
      ]
      for (const attempt of attempts) {
        const error = yield* Effect.flip<unknown, { readonly _tag: string }, never>(attempt)
        expect(error._tag).toBe("TaskNotFound")
      }
      expect(yield* tasks.exists(task.id)).toBe(false)
      expect(yield* pageOf(userId, makeQuery())).toStrictEqual(expectedPage([kept], makeQuery()))
      expect(yield* tasks.getDeleted(userId, task.id)).toStrictEqual({ task, deletedAt: at(30) })
      expect((yield* Effect.flip(tasks.getDeleted(userId, kept.id)))._tag).toBe("TaskNotFound")
    }),
  )

  it.effect("deletes a task in exactly one of 20 concurrent calls", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const task = yield* keepTask(yield* keepUser)
      const results = yield* timesAtOnce(20, Effect.result(tasks.delete(task.userId, task.id, at(1))))
      expect(results.filter(({ _tag }) => _tag === "Success").length).toBe(1)
    }),
  )

  it.effect("deletes a task only at an accepted version, and otherwise returns the current task", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const userId = yield* keepUser
      const version = (number: number) => Version.make(number)
      const category = yield* keepCategory(userId)
      for (const accepted of [version(2), [version(2)], [version(1), version(2), version(7)], "any"] as const) {
        const task = yield* assign(yield* keepTask(userId), [category])
        for (const other of [version(1), version(3), [version(1), version(3)], []]) {
          const error = yield* Effect.flip(tasks.delete(userId, task.id, at(70), other))
          expect(error._tag).toBe("VersionConflict")
          if (error._tag === "VersionConflict") expect(error.current).toStrictEqual(task)
        }
        expect(yield* tasks.get(userId, task.id)).toStrictEqual(task)
        expect(yield* tasks.delete(userId, task.id, at(80), accepted)).toStrictEqual({ task, deletedAt: at(80) })
        expect(yield* tasks.getDeleted(userId, task.id)).toStrictEqual({ task, deletedAt: at(80) })
        const gone = yield* Effect.flip(tasks.delete(userId, task.id, at(90), accepted))
        expect(gone._tag).toBe("TaskNotFound")
      }
    }),
  )

  it.effect("restores a deleted task with its categories, once", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const userId = yield* keepUser
      const task = yield* assign(yield* keepTask(userId, full), [yield* keepCategory(userId)])
      yield* tasks.delete(userId, task.id, at(70))
      const deleted = yield* tasks.getDeleted(userId, task.id)
      const restored = restore(deleted, at(80))
      yield* tasks.restore(deleted, restored)
      expect(yield* tasks.get(userId, task.id)).toStrictEqual(restored)
      expect(yield* pageOf(userId, makeQuery())).toStrictEqual(expectedPage([restored], makeQuery()))
      expect(yield* tasks.exists(task.id)).toBe(true)
      expect((yield* Effect.flip(tasks.getDeleted(userId, task.id)))._tag).toBe("TaskNotFound")
      expect((yield* Effect.flip(tasks.restore(deleted, restored)))._tag).toBe("TaskNotFound")
      const after = changed(restored)
      yield* tasks.update(restored, after)
      expect(yield* tasks.get(userId, task.id)).toStrictEqual(after)
    }),
  )

  it.effect("does not restore a task that was never deleted", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const task = yield* keepTask(yield* keepUser)
      const deleted = { task, deletedAt: at(1) }
      expect((yield* Effect.flip(tasks.restore(deleted, restore(deleted, at(2)))))._tag).toBe("TaskNotFound")
      expect(yield* tasks.get(task.userId, task.id)).toStrictEqual(task)
    }),
  )
}
