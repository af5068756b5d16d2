/** The tests of what a `TaskRepository` promises about pages that begin after a place, order by order. */
import { expect, type Vitest } from "@effect/vitest"
import { Effect } from "effect"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"
import type { Task } from "../../../domain/tasks/Task.ts"
import { TaskPriority, TaskStatus } from "../../../domain/tasks/TaskFields.ts"
import type { TaskId } from "../../../domain/tasks/TaskId.ts"
import { placeOf, type TaskPlace } from "../../../domain/tasks/TaskPlace.ts"
import { comparator, SortOrder, TaskSort } from "../../../domain/tasks/TaskQuery.ts"
import { at, cursorLimit, keepCategory, keepTask, keepUser, makeTask } from "../../support/entities.ts"
import { readAll } from "./cursorWalk.ts"
import { changed, ids, type Stores } from "./fixtures.ts"

const orders = TaskSort.literals.flatMap((sort) => SortOrder.literals.map((order) => ({ sort, order })))

/** Makes tasks with ties in every order. Every fourth has no due date. */
const makeTies = (userId: UserId, count: number): ReadonlyArray<Task> =>
  Array.from({ length: count }, (_, index) =>
    makeTask(userId, {
      createdAt: at(index % 2),
      updatedAt: at(2 + (index % 3)),
      dueDate: index % 4 === 0 ? null : at(100 + (index % 4)),
      priority: TaskPriority.literals[index % 3] ?? "low",
      status: TaskStatus.literals[index % 2] ?? "pending",
    }),
  )

/** Stores the tasks in reverse, so that the order of writes is not the order of ids. */
const keepAll = Effect.fnUntraced(function* (all: ReadonlyArray<Task>) {
  const tasks = yield* TaskRepository
  for (const task of [...all].reverse()) yield* tasks.insert(task)
})

export const cursorPages = (it: Vitest.MethodsNonLive<Stores>): void => {
  it.effect("reads a list under every order in pages of any size, with missing due dates last", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const all = makeTies(userId, 24)
      yield* keepAll(all)
      for (const order of orders) {
        const listed = [...all].sort(comparator(order))
        for (const items of [1, 5, 8, 23, 24, 25, 200]) {
          const pages = yield* readAll(userId, order, items, () => Effect.void)
          expect(pages.flat(), `${order.sort} ${order.order} by ${items}`).toStrictEqual(listed)
          // A last page that is full is known as the last.
          expect(pages.map(({ length }) => length)).toStrictEqual([
            ...Array.from({ length: Math.ceil(24 / items) - 1 }, () => items),
            24 % items === 0 ? Math.min(items, 24) : 24 % items,
          ])
        }
      }
    }),
  )

  it.effect("has one empty page of an empty list", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const userId = yield* keepUser
      const last = placeOf({ sort: "created_at" }, yield* keepTask(userId))
      yield* tasks.delete(userId, last.id, at(1))
      for (const order of orders) {
        const first = yield* tasks.listAfter(userId, order, null, cursorLimit(1))
        expect(first).toMatchObject({ data: [], next: null })
      }
      const after = yield* tasks.listAfter(userId, { sort: "created_at", order: "asc" }, last, cursorLimit(1))
      expect(after).toStrictEqual({ data: [], next: null })
    }),
  )

  it.effect("reads 200 tasks at once with their categories", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const [userId, other] = [yield* keepUser, yield* keepUser]
      const category = yield* keepCategory(userId)
      const all: Array<Task> = []
      for (let kept = 0; kept < 201; kept++) {
        all.push(yield* keepTask(userId, { createdAt: at(kept), categories: kept % 3 === 0 ? [category] : [] }))
      }
      yield* keepTask(other)
      const list = { sort: "created_at", order: "asc" } as const
      const first = yield* tasks.listAfter(userId, list, null, cursorLimit(200))
      expect(first.data).toStrictEqual(all.slice(0, 200))
      const second = yield* tasks.listAfter(userId, list, first.next, cursorLimit(200))
      expect(second).toStrictEqual({ data: all.slice(200), next: null })
      const labelled = yield* readAll(userId, { ...list, categoryId: category.id }, 30, () => Effect.void)
      expect(labelled.flat()).toStrictEqual(all.filter(({ categories }) => categories.length > 0))
    }),
  )

  it.effect.each(orders)(
    "goes on after a task that was deleted or has moved at the place of the cursor: $sort $order",
    (order) =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepository
        const userId = yield* keepUser
        const all = makeTies(userId, 16)
        yield* keepAll(all)
        const listed = [...all].sort(comparator(order))
        const moved = new Set<TaskId>()
        const pages = yield* readAll(userId, order, 3, ({ id }, pageCount) =>
          Effect.gen(function* () {
            moved.add(id)
            if (pageCount % 2 === 0) return yield* tasks.delete(userId, id, at(5))
            const task = yield* tasks.get(userId, id)
            // Moves to the end of each ascending order, or to the beginning of each descending one, but for null.
            const end = { createdAt: at(900), dueDate: at(900), priority: "high" } as const
            return yield* tasks.update(task, { ...changed(task, end), updatedAt: at(900) })
          }),
        )
        const seen = pages.flat().map(({ id }) => id)
        expect([...new Set(seen)].sort()).toStrictEqual(listed.map(({ id }) => id).sort())
        const unmoved = listed.map(({ id }) => id).filter((id) => !moved.has(id))
        expect(unmoved.length).toBeGreaterThan(8)
        expect(seen.filter((id) => !moved.has(id))).toStrictEqual(unmoved)
      }),
  )

  it.effect.each(orders)("shows a new task only if it comes after the pages that were read: $sort $order", (order) =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const all = makeTies(userId, 12)
      yield* keepAll(all)
      const added: Array<Task> = []
      const passed: Array<TaskId> = []
      const pages = yield* readAll(userId, order, 2, (next) =>
        Effect.gen(function* () {
          for (const task of makeTies(userId, 4)) {
            if (added.length >= 12) return
            yield* keepTask(userId, task)
            added.push(task)
            const isPassed = comparator(order)(task, { ...task, ...taskAt(order.sort, next) }) < 0
            if (isPassed) passed.push(task.id)
          }
        }),
      )
      const expected = [...all, ...added].filter(({ id }) => !passed.includes(id)).sort(comparator(order))
      expect(ids({ data: pages.flat() })).toStrictEqual(ids({ data: expected }))
      expect(added.length).toBe(12)
    }),
  )
}

/** The fields of a task at a place. */
const taskAt = (sort: TaskSort, { id, key }: TaskPlace): Partial<Task> => {
  const field = { created_at: "createdAt", updated_at: "updatedAt", due_date: "dueDate", priority: "priority" } as const
  return { id, [field[sort]]: key }
}
