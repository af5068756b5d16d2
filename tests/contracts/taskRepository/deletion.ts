/** The tests of every promise that a `TaskRepository` makes about deleting and restoring tasks. */
import { assert, type Vitest } from "@effect/vitest"
import { Effect } from "effect"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import { Version } from "../../../domain/shared/Version.ts"
import { restore } from "../../../domain/tasks/Task.ts"
import { at, keepCategory, keepTask, keepUser, makeQuery } from "../../support/entities.ts"
import { timesAtOnce } from "../../support/interleaving.ts"

import { assign, changed, expectedPage, full, type Stores } from "./fixtures.ts"

export const deletion = (it: Vitest.MethodsNonLive<Stores>): void => {
  it.effect("finds a deleted task only among the deleted", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const userId = yield* keepUser
      const task = yield* keepTask(userId, full)
      const kept = yield* keepTask(userId)
      assert.deepStrictEqual(yield* tasks.delete(userId, task.id, at(30)), { task, deletedAt: at(30) })
      const attempts = [
        tasks.get(userId, task.id),
        tasks.getForUpdate(userId, task.id),
        tasks.update(task, changed(task)),
        tasks.delete(userId, task.id, at(40)),
      ]
      for (const attempt of attempts) {
        const error = yield* Effect.flip<unknown, { readonly _tag: string }, never>(attempt)
        assert.strictEqual(error._tag, "TaskNotFound")
      }
      assert.isFalse(yield* tasks.exists(task.id))
      assert.deepStrictEqual(yield* tasks.list(userId, makeQuery()), expectedPage([kept], makeQuery()))
      assert.deepStrictEqual(yield* tasks.getDeleted(userId, task.id), { task, deletedAt: at(30) })
      assert.strictEqual((yield* Effect.flip(tasks.getDeleted(userId, kept.id)))._tag, "TaskNotFound")
    }),
  )

  it.effect("deletes a task in exactly one of 20 concurrent calls", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const task = yield* keepTask(yield* keepUser)
      const results = yield* timesAtOnce(20, Effect.result(tasks.delete(task.userId, task.id, at(1))))
      assert.strictEqual(results.filter(({ _tag }) => _tag === "Success").length, 1)
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
          assert.strictEqual(error._tag, "VersionConflict")
          if (error._tag === "VersionConflict") assert.deepStrictEqual(error.current, task)
        }
        assert.deepStrictEqual(yield* tasks.get(userId, task.id), task)
        assert.deepStrictEqual(yield* tasks.delete(userId, task.id, at(80), accepted), { task, deletedAt: at(80) })
        assert.deepStrictEqual(yield* tasks.getDeleted(userId, task.id), { task, deletedAt: at(80) })
        const gone = yield* Effect.flip(tasks.delete(userId, task.id, at(90), accepted))
        assert.strictEqual(gone._tag, "TaskNotFound")
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
      assert.deepStrictEqual(yield* tasks.get(userId, task.id), restored)
      assert.deepStrictEqual(yield* tasks.list(userId, makeQuery()), expectedPage([restored], makeQuery()))
      assert.isTrue(yield* tasks.exists(task.id))
      assert.strictEqual((yield* Effect.flip(tasks.getDeleted(userId, task.id)))._tag, "TaskNotFound")
      assert.strictEqual((yield* Effect.flip(tasks.restore(deleted, restored)))._tag, "TaskNotFound")
      const after = changed(restored)
      yield* tasks.update(restored, after)
      assert.deepStrictEqual(yield* tasks.get(userId, task.id), after)
    }),
  )

  it.effect("does not restore a task that was never deleted", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const task = yield* keepTask(yield* keepUser)
      const deleted = { task, deletedAt: at(1) }
      assert.strictEqual((yield* Effect.flip(tasks.restore(deleted, restore(deleted, at(2)))))._tag, "TaskNotFound")
      assert.deepStrictEqual(yield* tasks.get(task.userId, task.id), task)
    }),
  )
}
