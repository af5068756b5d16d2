/** The tests of how deleted tasks and categories, old changes and old idempotency records are removed. */
import { expect, type Vitest } from "@effect/vitest"
import { Effect, Option } from "effect"
import { CategoryRepository } from "../../../application/categories/CategoryRepository.ts"
import { ChangeRepository } from "../../../application/changes/ChangeRepository.ts"
import { IdempotencyRecords } from "../../../application/changes/IdempotencyRecords.ts"
import type { Repositories } from "../../../application/Ports.ts"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import { CategoryName } from "../../../domain/categories/Category.ts"
import { nextVersion } from "../../../domain/shared/Version.ts"
import { keepCategory, keepTask, keepUser, makeRecord } from "../../support/entities.ts"
import { deleteTask, longAgo, nothing, removeBatch } from "./fixtures.ts"

export const history = (it: Vitest.MethodsNonLive<Repositories>): void => {
  it.effect("removes only tasks that were deleted before the time, with their assignments", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const userId = yield* keepUser
      const [early, late] = [yield* deleteTask(userId, 4_000), yield* deleteTask(userId, 4_001)]
      const living = yield* keepTask(userId, { createdAt: longAgo(0), updatedAt: longAgo(0) })
      expect(yield* removeBatch(4_000)).toStrictEqual(nothing)
      expect(yield* removeBatch(4_001)).toStrictEqual({ ...nothing, tasks: 1 })
      const missing = yield* Effect.flip(tasks.getDeleted(userId, early.id))
      expect(missing._tag).toBe("TaskNotFound")
      expect((yield* tasks.getDeleted(userId, late.id)).task.id).toBe(late.id)
      expect((yield* tasks.get(userId, living.id)).id).toBe(living.id)
      expect(yield* removeBatch(4_002)).toStrictEqual({ ...nothing, tasks: 1 })
    }),
  )

  it.effect("leaves no category that can be restored without one of its assignments", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const categories = yield* CategoryRepository
      const userId = yield* keepUser
      const category = yield* keepCategory(userId)
      for (let count = 0; count < 3; count++) {
        const task = yield* keepTask(userId)
        yield* tasks.update(task, { ...task, categories: [category], version: nextVersion(task.version) })
      }
      yield* categories.delete(userId, category.id, longAgo(4_500))
      const deleted = yield* categories.getDeleted(userId, category.id)
      yield* removeBatch(4_501, 1)
      const restored = { ...category, version: nextVersion(category.version) }
      const attempts = [categories.getDeleted(userId, category.id), categories.restore(deleted, restored)]
      for (const attempt of attempts) {
        const error = yield* Effect.flip<unknown, { readonly _tag: string }, never>(attempt)
        expect(error._tag).toBe("CategoryNotFound")
      }
      let removed = 1
      while (removed > 0) removed = (yield* removeBatch(4_501, 1)).categories
    }),
  )

  it.effect("removes only categories that were deleted before the time, with their assignments", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const categories = yield* CategoryRepository
      const userId = yield* keepUser
      const keepDeleted = Effect.fnUntraced(function* (name: string, seconds: number) {
        const { id } = yield* keepCategory(userId, { name: CategoryName.make(name) })
        const [one, other] = [yield* keepTask(userId), yield* keepTask(userId)]
        return { id, seconds, tasks: [one, other] }
      })
      const [early, late] = [yield* keepDeleted("Early", 4_500), yield* keepDeleted("Late", 4_501)]
      for (const { id, seconds, tasks: users } of [early, late]) {
        const category = yield* categories.get(userId, id)
        for (const task of users) {
          yield* tasks.update(task, { ...task, categories: [category], version: nextVersion(task.version) })
        }
        yield* categories.delete(userId, id, longAgo(seconds))
      }
      expect(yield* removeBatch(4_500)).toStrictEqual(nothing)
      expect((yield* removeBatch(4_501)).categories).toBeGreaterThan(0)
      while ((yield* removeBatch(4_501)).categories > 0);
      expect((yield* Effect.flip(categories.getDeleted(userId, early.id)))._tag).toBe("CategoryNotFound")
      expect((yield* categories.getDeleted(userId, late.id)).deletedAt).toBe(longAgo(4_501))
      for (const { id, version } of [...early.tasks, ...late.tasks]) {
        expect(yield* tasks.get(userId, id)).toMatchObject({ categories: [], version: nextVersion(version) })
      }
      while ((yield* removeBatch(4_502)).categories > 0);
      expect((yield* Effect.flip(categories.getDeleted(userId, late.id)))._tag).toBe("CategoryNotFound")
    }),
  )

  it.effect("removes changes from before the time, and no others", () =>
    Effect.gen(function* () {
      const changes = yield* ChangeRepository
      const userId = yield* keepUser
      for (const seconds of [4_700, 4_701, 4_702]) {
        yield* keepTask(userId, { createdAt: longAgo(seconds), updatedAt: longAgo(seconds) })
      }
      yield* keepTask(userId)
      expect(yield* removeBatch(4_700)).toStrictEqual(nothing)
      expect(yield* removeBatch(4_702)).toStrictEqual({ ...nothing, changes: 2 })
      const { latest, oldest } = yield* changes.ends(userId)
      expect([oldest.seq, latest.seq]).toStrictEqual([2, 4])
      expect(yield* removeBatch(4_703)).toStrictEqual({ ...nothing, changes: 1 })
    }),
  )

  it.effect("removes idempotency records from before the time, and no others", () =>
    Effect.gen(function* () {
      const records = yield* IdempotencyRecords
      const userId = yield* keepUser
      const [early, late] = [makeRecord({ at: longAgo(4_800) }), makeRecord({ at: longAgo(4_801) })]
      yield* records.insert(userId, early)
      yield* records.insert(userId, late)
      expect(yield* removeBatch(4_800)).toStrictEqual(nothing)
      expect(yield* removeBatch(4_801)).toStrictEqual({ ...nothing, idempotencyRecords: 1 })
      expect(yield* records.get(userId, early.key)).toStrictEqual(Option.none())
      expect(yield* records.get(userId, late.key)).toStrictEqual(Option.some(late))
      expect(yield* removeBatch(4_802)).toStrictEqual({ ...nothing, idempotencyRecords: 1 })
    }),
  )
}
