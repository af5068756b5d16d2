/** The tests of every promise that a `TaskRepository` makes about filters, order and pages. */
import { expect, type Vitest } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import { CategoryName } from "../../../domain/categories/Category.ts"
import type { Task } from "../../../domain/tasks/Task.ts"
import { TaskPriority, TaskStatus } from "../../../domain/tasks/TaskFields.ts"
import { SortOrder, type TaskQuery, TaskSort } from "../../../domain/tasks/TaskQuery.ts"
import {
  at,
  keepCategory,
  keepTask,
  keepUser,
  limit,
  makeCategory,
  makeQuery,
  makeTask,
  page,
} from "../../support/entities.ts"

import { assign, changed, expectedPage, ids, pageOf, type Stores } from "./fixtures.ts"
import { fieldsOf, listShape, selectionOf, taskShape } from "./listShapes.ts"

export const lists = (it: Vitest.MethodsNonLive<Stores>): void => {
  it.effect("filters by each condition and by all of them together", () =>
    Effect.gen(function* () {
      const userId = yield* keepUser
      const category = yield* keepCategory(userId)
      const all: Array<Task> = []
      for (const status of TaskStatus.literals) {
        for (const priority of TaskPriority.literals) {
          const task = yield* keepTask(userId, { status, priority, dueDate: at(all.length) })
          all.push(all.length % 2 === 0 ? yield* assign(task, [category]) : task)
        }
      }
      all.push(yield* keepTask(userId))
      const queries = [
        makeQuery(),
        ...TaskStatus.literals.map((status) => makeQuery({ status: [status] })),
        ...TaskPriority.literals.map((priority) => makeQuery({ priority: [priority] })),
        makeQuery({ status: ["pending", "completed"], priority: ["low", "high"] }),
        makeQuery({ priority: ["high", "low"], sort: "priority" }),
        makeQuery({ categoryId: category.id }),
        makeQuery({ categoryId: makeCategory(userId).id }),
        makeQuery({ status: ["pending"], priority: ["low"], categoryId: category.id, dueFrom: at(0), dueTo: at(0) }),
      ]
      for (const query of queries) expect(yield* pageOf(userId, query)).toStrictEqual(expectedPage(all, query))
    }),
  )

  it.effect("includes both ends of the due dates, to the millisecond, and leaves out tasks without one", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const userId = yield* keepUser
      const dues = [at(9.999), at(10), at(10.001), at(20), at(20.001)]
      const all: Array<Task> = []
      for (const dueDate of dues) all.push(yield* keepTask(userId, { dueDate }))
      yield* keepTask(userId)
      const found = (fields: Partial<TaskQuery>) =>
        Effect.map(tasks.list(userId, makeQuery({ sort: "due_date", order: "asc", ...fields })), ({ data }) =>
          data.map(({ dueDate }) => dueDate),
        )
      expect(yield* found({ dueFrom: at(10), dueTo: at(20) })).toStrictEqual(dues.slice(1, 4))
      expect(yield* found({ dueFrom: at(10.001) })).toStrictEqual(dues.slice(2))
      expect(yield* found({ dueTo: at(9.999) })).toStrictEqual(dues.slice(0, 1))
      expect(yield* found({ dueFrom: at(20), dueTo: at(10) })).toStrictEqual([])
    }),
  )

  it.effect("orders ties by id under every sort, with missing due dates last", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const userId = yield* keepUser
      const all = Array.from({ length: 24 }, (_, index) =>
        makeTask(userId, {
          createdAt: at(index % 2),
          updatedAt: at(2 + (index % 3)),
          dueDate: index % 4 === 0 ? null : at(100 + (index % 4)),
          priority: TaskPriority.literals[index % 3] ?? "low",
        }),
      )
      // In reverse, so that the order of writes is not the order of ids.
      for (const task of [...all].reverse()) yield* tasks.insert(task)
      for (const sort of TaskSort.literals) {
        for (const order of SortOrder.literals) {
          const pages = []
          for (const number of [1, 2, 3, 4]) {
            const query = makeQuery({ sort, order, page: page(number), limit: limit(7) })
            const listed = yield* pageOf(userId, query)
            expect(listed, `${sort} ${order}, page ${number}`).toStrictEqual(expectedPage(all, query))
            pages.push(...ids(listed))
          }
          expect(new Set(pages).size).toBe(all.length)
          if (sort === "due_date") {
            const whole = yield* tasks.list(userId, makeQuery({ sort, order, limit: limit(100) }))
            expect(whole.data.slice(18).every(({ dueDate }) => dueDate === null)).toBe(true)
          }
        }
      }
    }),
  )

  it.effect("counts the whole list on every page, also beyond the last", () =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const userId = yield* keepUser
      for (let kept = 0; kept < 101; kept++) yield* keepTask(userId, { createdAt: at(kept) })
      const sizes = []
      for (const [number, items] of [
        [1, 1],
        [101, 1],
        [102, 1],
        [1, 100],
        [2, 100],
        [3, 100],
        [1_000_000_000, 100],
      ] as const) {
        const listed = yield* tasks.list(userId, makeQuery({ page: page(number), limit: limit(items) }))
        expect([listed.total, listed.page, listed.limit]).toStrictEqual([101, number, items])
        sizes.push(listed.data.length)
      }
      expect(sizes).toStrictEqual([1, 1, 0, 100, 1, 0, 0])
    }),
  )

  it.effect.prop(
    "lists the tasks that the domain's filter and order say, for any tasks and queries",
    {
      shapes: Schema.Array(taskShape).check(Schema.isMaxLength(24)),
      queries: Schema.Array(
        Schema.Struct({
          ...listShape.fields,
          page: Schema.Literals([1, 2, 3]),
          limit: Schema.Literals([1, 2, 5, 100]),
        }),
      ).check(Schema.isMinLength(4), Schema.isMaxLength(12)),
    },
    ({ shapes, queries }) =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepository
        const userId = yield* keepUser
        const categories = [
          yield* keepCategory(userId),
          yield* keepCategory(userId, { name: CategoryName.make("Kitchen") }),
        ]
        const made = shapes.map((shape) => makeTask(userId, fieldsOf(shape)))
        const all: Array<Task> = []
        for (const [index, task] of [...made.entries()].reverse()) {
          yield* tasks.insert(task)
          const wanted = categories.filter((_, number) => shapes[index]?.categories.some((of) => of === number))
          if (wanted.length === 0) {
            all.push(task)
          } else {
            const after = { ...changed(task, { categories: wanted }), updatedAt: task.updatedAt }
            yield* tasks.update(task, after)
            all.push(after)
          }
        }
        for (const shape of queries) {
          const query = { ...selectionOf(shape, categories), page: page(shape.page), limit: limit(shape.limit) }
          expect(yield* pageOf(userId, query)).toStrictEqual(expectedPage(all, query))
        }
      }),
    { arbitrary: { runs: 25, size: 24, maxShrinks: 50 } },
  )
}
