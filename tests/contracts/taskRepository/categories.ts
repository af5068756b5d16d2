/** The tests of every promise that a `TaskRepository` makes about the categories of tasks. */
import { expect, type Vitest } from "@effect/vitest"
import { Effect, Exit } from "effect"
import { CategoryRepository } from "../../../application/categories/CategoryRepository.ts"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import {
  CategoryColor,
  CategoryName,
  change as changeCategory,
  restore as restoreCategory,
} from "../../../domain/categories/Category.ts"
import { restore } from "../../../domain/tasks/Task.ts"
import { TaskTitle } from "../../../domain/tasks/TaskFields.ts"
import type { TaskId } from "../../../domain/tasks/TaskId.ts"
import {
  at,
  keepCategory,
  keepTask,
  keepUser,
  makeCategory,
  makeQuery,
  makeTask,
  page,
} from "../../support/entities.ts"

import { assign, changed, expectedPage, full, pageOf, type Stores } from "./fixtures.ts"

export const categories = (it: Vitest.MethodsNonLive<Stores>): void => {
  it.effect("inserts a task with all its categories or not at all", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const categories = yield* CategoryRepository
      const [userId, other] = [yield* keepUser, yield* keepUser]
      const labels = yield* Effect.forEach(Array.from({ length: 100 }), (_, index) =>
        keepCategory(userId, { name: CategoryName.make(`Label ${String(index).padStart(3, "0")}`) }),
      )
      const task = makeTask(userId, { ...full, categories: labels })
      const plain = makeTask(userId, { description: null, dueDate: null, categories: labels.slice(7, 9) })
      for (const each of [task, plain]) {
        yield* tasks.insert(each)
        expect(yield* tasks.get(userId, each.id)).toStrictEqual(each)
      }
      const again = yield* Effect.exit(tasks.insert({ ...plain, categories: labels.slice(0, 1) }))
      expect(Exit.hasDies(again)).toBe(true)
      expect(yield* tasks.get(userId, plain.id)).toStrictEqual(plain)

      const gone = yield* keepCategory(userId, { name: CategoryName.make("Gone") })
      yield* categories.delete(userId, gone.id, at(1))
      const others = yield* keepCategory(other)
      for (const missing of [gone, others, makeCategory(userId)]) {
        const half = makeTask(userId, { categories: [...labels.slice(0, 2), missing] })
        const error = yield* Effect.flip(tasks.insert(half))
        expect(error).toMatchObject({ _tag: "CategoryNotFound", categoryId: missing.id })
        expect(yield* tasks.exists(half.id)).toBe(false)
      }
      expect((yield* tasks.list(userId, makeQuery())).total).toBe(2)
    }),
  )

  it.effect("counts the tasks of a category without those in the trash, and none of a deleted category", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const categories = yield* CategoryRepository
      const userId = yield* keepUser
      const [home, work] = [
        yield* keepCategory(userId, { name: CategoryName.make("Home") }),
        yield* keepCategory(userId, { name: CategoryName.make("Work") }),
      ]
      const assigned = [[home], [home, work], [work], [], [home], [home, work]]
      const all = yield* Effect.forEach(assigned, (each) => keepTask(userId, { categories: each }))
      const totals = Effect.forEach([home, work], ({ id }) =>
        Effect.forEach([1, 9], (number) =>
          Effect.map(tasks.list(userId, makeQuery({ categoryId: id, page: page(number) })), ({ total }) => total),
        ),
      )
      expect(yield* totals).toStrictEqual([
        [4, 4],
        [3, 3],
      ])
      const deleted = [...all.slice(2, 3), ...all.slice(4)]
      yield* Effect.forEach(deleted, ({ id }) => tasks.delete(userId, id, at(1)), { discard: true })
      expect(yield* totals).toStrictEqual([
        [2, 2],
        [1, 1],
      ])
      yield* categories.delete(userId, work.id, at(2))
      expect(yield* totals).toStrictEqual([
        [2, 2],
        [0, 0],
      ])
    }),
  )

  it.effect("assigns categories to a task, sorted by name, and removes them", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const userId = yield* keepUser
      const named = (text: string) => keepCategory(userId, { name: CategoryName.make(text) })
      const [emoji, upper, wide, lower] = [
        yield* named("🌻🌻🌻"),
        yield* named("Zebra"),
        yield* named("～～～"),
        yield* named("apple"),
      ]
      const bare = yield* keepTask(userId)
      const all = yield* assign(bare, [emoji, wide, lower, upper])
      expect(all.categories).toStrictEqual([upper, lower, wide, emoji])
      expect(yield* tasks.get(userId, bare.id)).toStrictEqual(all)
      expect(yield* tasks.getForUpdate(userId, bare.id)).toStrictEqual(all)
      expect(yield* pageOf(userId, makeQuery())).toStrictEqual(expectedPage([all], makeQuery()))
      const fewer = yield* assign(all, [wide])
      expect(yield* tasks.get(userId, bare.id)).toStrictEqual(fewer)
      const swapped = yield* assign(fewer, [emoji, lower])
      expect(yield* tasks.get(userId, bare.id)).toStrictEqual(swapped)
      const none = yield* assign(swapped, [])
      expect(yield* tasks.get(userId, bare.id)).toStrictEqual(none)
    }),
  )

  it.effect("assigns no deleted category and no other user's, and writes nothing then", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const [userId, other] = [yield* keepUser, yield* keepUser]
      const kept = yield* keepCategory(userId)
      const before = yield* keepTask(userId)
      const gone = makeCategory(userId, { name: CategoryName.make("Gone") })
      const others = yield* keepCategory(other, { name: CategoryName.make("Others") })
      for (const missing of [gone, others]) {
        const error = yield* Effect.flip(
          tasks.update(before, changed(before, { ...full, categories: [kept, missing] })),
        )
        expect(error._tag).toBe("CategoryNotFound")
        if (error._tag === "CategoryNotFound") expect(error.categoryId).toBe(missing.id)
        expect(yield* tasks.get(userId, before.id)).toStrictEqual(before)
      }
    }),
  )

  it.effect("shows a deleted category on no task, deleted ones too, and changes nothing else", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const categories = yield* CategoryRepository
      const userId = yield* keepUser
      const [going, staying] = [
        yield* keepCategory(userId),
        yield* keepCategory(userId, { name: CategoryName.make("Kitchen") }),
      ]
      const one = yield* assign(yield* keepTask(userId), [going, staying])
      const other = yield* assign(yield* keepTask(userId), [going])
      const deleted = yield* assign(yield* keepTask(userId), [going])
      yield* tasks.delete(userId, deleted.id, at(70))
      yield* categories.delete(userId, going.id, at(71))
      expect(yield* tasks.get(userId, one.id)).toStrictEqual({ ...one, categories: [staying] })
      expect(yield* tasks.get(userId, other.id)).toStrictEqual({ ...other, categories: [] })
      expect((yield* tasks.getDeleted(userId, deleted.id)).task).toStrictEqual({ ...deleted, categories: [] })
      expect((yield* tasks.list(userId, makeQuery({ categoryId: going.id }))).total).toBe(0)
      // A change that was read before the category was deleted can still be written, without the category.
      const after = changed(one, { title: TaskTitle.make("Changed meanwhile") })
      yield* tasks.update(one, after)
      expect(yield* tasks.get(userId, one.id)).toStrictEqual({ ...after, categories: [staying] })
    }),
  )

  it.effect("shows a restored category on all its tasks again, whatever was changed meanwhile", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const categories = yield* CategoryRepository
      const userId = yield* keepUser
      const named = (name: string) => keepCategory(userId, { name: CategoryName.make(name) })
      const [going, staying, added] = [yield* named("Going"), yield* named("Staying"), yield* named("Added")]
      const [retitled, reassigned, removed, deletedFirst, restoredMeanwhile] = [
        yield* keepTask(userId, { categories: [going, staying] }),
        yield* keepTask(userId, { categories: [going, staying] }),
        yield* keepTask(userId, { categories: [going, staying] }),
        yield* keepTask(userId, { categories: [going] }),
        yield* keepTask(userId, { categories: [going] }),
      ]
      yield* assign(removed, [staying])
      yield* tasks.delete(userId, deletedFirst.id, at(70))
      yield* tasks.delete(userId, restoredMeanwhile.id, at(70))
      const gone = yield* categories.delete(userId, going.id, at(71))

      const seen = yield* tasks.get(userId, retitled.id)
      expect(seen.categories).toStrictEqual([staying])
      yield* tasks.update(seen, changed(seen, { title: TaskTitle.make("Changed meanwhile") }))
      yield* assign(yield* tasks.get(userId, reassigned.id), [added])
      const inTrash = yield* tasks.getDeleted(userId, restoredMeanwhile.id)
      expect(inTrash.task.categories).toStrictEqual([])
      yield* tasks.restore(inTrash, restore(inTrash, at(72)))
      expect((yield* tasks.list(userId, makeQuery({ categoryId: going.id }))).total).toBe(0)

      const back = restoreCategory(gone, at(73))
      yield* categories.restore(gone, back)
      const shown = (id: TaskId) => Effect.map(tasks.get(userId, id), (task) => task.categories)
      expect(yield* shown(retitled.id)).toStrictEqual([back, staying])
      expect(yield* shown(reassigned.id)).toStrictEqual([added, back])
      expect(yield* shown(removed.id)).toStrictEqual([staying])
      expect(yield* shown(restoredMeanwhile.id)).toStrictEqual([back])
      expect((yield* tasks.getDeleted(userId, deletedFirst.id)).task.categories).toStrictEqual([back])
      expect((yield* tasks.list(userId, makeQuery({ categoryId: going.id }))).total).toBe(3)
      // It can be removed for good now.
      yield* assign(yield* tasks.get(userId, retitled.id), [staying])
      expect(yield* shown(retitled.id)).toStrictEqual([staying])
    }),
  )

  it.effect("shows a category on all its tasks as it is now, in its new place, without a new version of them", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const categories = yield* CategoryRepository
      const userId = yield* keepUser
      const [first, second] = [
        yield* keepCategory(userId, { name: CategoryName.make("Alpha") }),
        yield* keepCategory(userId, { name: CategoryName.make("Beta") }),
      ]
      const task = yield* keepTask(userId, { categories: [first, second] })
      const deleted = yield* keepTask(userId, { categories: [first] })
      yield* tasks.delete(userId, deleted.id, at(70))
      const color = CategoryColor.make("#A0b1C2")
      const renamed = changeCategory(first, { name: CategoryName.make("Gamma"), color }, at(80))
      yield* categories.update(first, renamed)
      const expected = { ...task, categories: [second, renamed] }
      expect(yield* tasks.get(userId, task.id)).toStrictEqual(expected)
      expect(yield* tasks.getForUpdate(userId, task.id)).toStrictEqual(expected)
      expect(yield* pageOf(userId, makeQuery())).toStrictEqual(expectedPage([expected], makeQuery()))
      expect((yield* tasks.getDeleted(userId, deleted.id)).task.categories).toStrictEqual([renamed])
      // A task that was read before it was renamed can be changed.
      yield* tasks.update(task, changed(task, { priority: "high" }))
      expect((yield* tasks.get(userId, task.id)).categories).toStrictEqual([second, renamed])
    }),
  )
}
