/** The tests of every promise that a `TaskRepository` makes about the trash: its list, and how tasks leave it for good. */
import { expect, type Vitest } from "@effect/vitest"
import { Effect, Exit } from "effect"
import { CategoryRepository } from "../../../application/categories/CategoryRepository.ts"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import { CategoryName } from "../../../domain/categories/Category.ts"
import { type DeletedTask, restore } from "../../../domain/tasks/Task.ts"
import type { TrashPlace } from "../../../domain/tasks/TrashCursor.ts"
import { at, keepCategory, keepTask, keepUser, makeTask, newTaskId } from "../../support/entities.ts"
import { allAtOnce } from "../../support/interleaving.ts"

import { full, type Stores } from "./fixtures.ts"

const placeOf = ({ deletedAt, task }: DeletedTask): TrashPlace => ({ deletedAt, taskId: task.id })

export const trash = (it: Vitest.MethodsNonLive<Stores>): void => {
  it.effect("lists deleted tasks as they were, the last deleted first", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const categories = yield* CategoryRepository
      const [userId, other] = [yield* keepUser, yield* keepUser]
      expect(yield* tasks.listDeleted(userId, null, 10)).toStrictEqual([])
      const [kept, gone] = [
        yield* keepCategory(userId),
        yield* keepCategory(userId, { name: CategoryName.make("Gone") }),
      ]
      const [first, second, third] = [
        yield* keepTask(userId, { ...full, categories: [kept, gone] }),
        yield* keepTask(userId),
        yield* keepTask(userId),
      ]
      yield* keepTask(userId)
      for (const [task, seconds] of [
        [second, 80.001],
        [first, 80],
        [third, 79],
      ] as const) {
        yield* tasks.delete(userId, task.id, at(seconds))
      }
      yield* tasks.delete(other, (yield* keepTask(other)).id, at(90))
      yield* categories.delete(userId, gone.id, at(91))
      const listed = yield* tasks.listDeleted(userId, null, 10)
      expect(listed).toStrictEqual([
        { task: second, deletedAt: at(80.001) },
        { task: { ...first, categories: [kept] }, deletedAt: at(80) },
        { task: third, deletedAt: at(79) },
      ])
      const deleted = listed[1]
      if (deleted === undefined) return
      yield* tasks.restore(deleted, restore(deleted, at(92)))
      expect((yield* tasks.listDeleted(userId, null, 10)).map(({ task }) => task.id)).toStrictEqual([
        second.id,
        third.id,
      ])
    }),
  )

  it.effect("lists the trash part by part, with ties in the order of ids, the highest first", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const userId = yield* keepUser
      const made: Array<DeletedTask> = []
      for (let index = 0; index < 12; index++) {
        const task = yield* keepTask(userId)
        made.push(yield* tasks.delete(userId, task.id, at(index % 3)))
      }
      const expected = made.toSorted((one, other) =>
        one.deletedAt !== other.deletedAt
          ? one.deletedAt < other.deletedAt
            ? 1
            : -1
          : one.task.id < other.task.id
            ? 1
            : -1,
      )
      expect(yield* tasks.listDeleted(userId, null, 100)).toStrictEqual(expected)
      for (const limit of [1, 5, 12]) {
        const read: Array<DeletedTask> = []
        let part = yield* tasks.listDeleted(userId, null, limit)
        while (part.length > 0) {
          expect(part.length).toBeLessThanOrEqual(limit)
          read.push(...part)
          const last = part.at(-1)
          part = last === undefined ? [] : yield* tasks.listDeleted(userId, placeOf(last), limit)
        }
        expect(read).toStrictEqual(expected)
      }
      // The task at the place need not be there any more.
      const place = { deletedAt: at(1), taskId: newTaskId() }
      expect(yield* tasks.listDeleted(userId, place, 100)).toStrictEqual(
        expected.filter(({ deletedAt }) => deletedAt <= at(1)),
      )
    }),
  )

  it.effect("destroys only deleted tasks of the user, and tells which", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const [userId, other] = [yield* keepUser, yield* keepUser]
      const living = yield* keepTask(userId)
      const [one, two, kept] = [
        yield* keepTask(userId, { categories: [yield* keepCategory(userId)] }),
        yield* keepTask(userId),
        yield* keepTask(userId),
      ]
      const foreign = yield* keepTask(other)
      for (const { id } of [one, two, kept]) yield* tasks.delete(userId, id, at(1))
      yield* tasks.delete(other, foreign.id, at(1))
      const wanted = [one.id, living.id, foreign.id, newTaskId(), two.id, one.id]
      const purged = yield* tasks.purge(userId, wanted, at(2))
      expect(purged.toSorted()).toStrictEqual([one.id, two.id].toSorted())
      expect((yield* tasks.listDeleted(userId, null, 10)).map(({ task }) => task.id)).toStrictEqual([kept.id])
      for (const { id } of [one, two]) {
        expect((yield* Effect.flip(tasks.getDeleted(userId, id)))._tag).toBe("TaskNotFound")
        expect(yield* tasks.exists(id)).toBe(false)
      }
      expect(yield* tasks.get(userId, living.id)).toStrictEqual(living)
      expect((yield* tasks.getDeleted(other, foreign.id)).task).toStrictEqual(foreign)
      expect(yield* tasks.purge(userId, wanted, at(3))).toStrictEqual([])
      expect(yield* tasks.purge(userId, [], at(3))).toStrictEqual([])
      const deleted = { task: one, deletedAt: at(1) }
      expect((yield* Effect.flip(tasks.restore(deleted, restore(deleted, at(4)))))._tag).toBe("TaskNotFound")
    }),
  )

  it.effect("restores or destroys a task, never both", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const userId = yield* keepUser
      const deleted: Array<DeletedTask> = []
      for (let index = 0; index < 10; index++) {
        const task = yield* keepTask(userId)
        deleted.push(yield* tasks.delete(userId, task.id, at(1)))
      }
      const outcomes = yield* allAtOnce(
        deleted.flatMap((each) => [
          Effect.map(Effect.exit(tasks.restore(each, restore(each, at(2)))), Exit.isSuccess),
          Effect.map(tasks.purge(userId, [each.task.id], at(2)), ({ length }) => length === 1),
        ]),
      )
      for (const [index, { task }] of deleted.entries()) {
        const [isRestored, isPurged] = outcomes.slice(2 * index)
        expect([isRestored, isPurged].filter(Boolean)).toHaveLength(1)
        expect(yield* tasks.exists(task.id)).toBe(isRestored)
      }
      expect(yield* tasks.listDeleted(userId, null, 100)).toStrictEqual([])
      // A new task still finds its place.
      const task = makeTask(userId)
      yield* tasks.insert(task)
      expect(yield* tasks.get(userId, task.id)).toStrictEqual(task)
    }),
  )
}
