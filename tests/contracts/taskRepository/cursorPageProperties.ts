/** The properties of pages that begin after a place, for any tasks, lists and writes between the pages. */
import { expect, type Vitest } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"
import type { Task } from "../../../domain/tasks/Task.ts"
import type { TaskId } from "../../../domain/tasks/TaskId.ts"
import { pageAfter, placeOf } from "../../../domain/tasks/TaskPlace.ts"
import { comparator, matches } from "../../../domain/tasks/TaskQuery.ts"
import { at, cursorLimit, keepCategory, keepTask, keepUser, makeTask, newTaskId } from "../../support/entities.ts"
import { readAll } from "./cursorWalk.ts"
import { assign, changed, type Stores } from "./fixtures.ts"
import { fieldsOf, listShape, selectionOf, type TaskShape, taskShape } from "./listShapes.ts"

const keepShapes = Effect.fnUntraced(function* (userId: UserId, shapes: ReadonlyArray<TaskShape>) {
  const category = yield* keepCategory(userId)
  const all: Array<Task> = []
  for (const each of shapes) {
    const task = yield* keepTask(userId, fieldsOf(each))
    if (each.categories.length === 0) all.push(task)
    else all.push(yield* assign(task, [category]))
  }
  return { all, category }
})

export const cursorPageProperties = (it: Vitest.MethodsNonLive<Stores>): void => {
  it.effect.prop(
    "begins after any place, of a task or of none, for any tasks and lists",
    {
      shapes: Schema.Array(taskShape).check(Schema.isMaxLength(16)),
      reads: Schema.Array(
        Schema.Struct({
          ...listShape.fields,
          after: taskShape,
          hasSmallId: Schema.Boolean,
          limit: Schema.Literals([1, 3, 200]),
        }),
      ).check(Schema.isMinLength(4), Schema.isMaxLength(12)),
    },
    ({ reads, shapes }) =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepository
        const userId = yield* keepUser
        const smallId = newTaskId()
        const { all, category } = yield* keepShapes(userId, shapes)
        for (const read of reads) {
          const selection = selectionOf(read, [category, category])
          const id = read.hasSmallId ? smallId : newTaskId()
          const places = [
            placeOf(selection, makeTask(userId, { ...fieldsOf(read.after), id })),
            ...all.slice(0, 2).map((task) => placeOf(selection, task)),
          ]
          for (const place of [null, ...places]) {
            const { data, next } = yield* tasks.listAfter(userId, selection, place, cursorLimit(read.limit))
            expect({ data, next }).toStrictEqual(pageAfter(selection, all, place, cursorLimit(read.limit)))
          }
        }
      }),
    { arbitrary: { runs: 25, size: 16, maxShrinks: 50 } },
  )

  it.effect.prop(
    "shows every task that stays put exactly once, in order, while others are made, changed and deleted",
    {
      shapes: Schema.Array(taskShape).check(Schema.isMinLength(4), Schema.isMaxLength(20)),
      list: listShape,
      limit: Schema.Literals([1, 2, 3]),
      writes: Schema.Array(
        Schema.Struct({ op: Schema.Literals(["insert", "update", "delete"]), target: Schema.Int, shape: taskShape }),
      ).check(Schema.isMaxLength(24)),
    },
    ({ limit, list, shapes, writes }) =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepository
        const userId = yield* keepUser
        const { all, category } = yield* keepShapes(userId, shapes)
        const selection = selectionOf(list, [category, category])
        const current = new Map(all.map((task) => [task.id, task]))
        const touched = new Set<TaskId>()
        const pending = [...writes]
        const write = Effect.gen(function* () {
          // At most half of the tasks move, so that some stay put.
          const next = pending.shift()
          if (next === undefined) return
          if (next.op === "insert") {
            touched.add((yield* keepTask(userId, fieldsOf(next.shape))).id)
            return
          }
          const target = all[Math.abs(next.target) % Math.ceil(all.length / 2)]
          const task = target && current.get(target.id)
          if (task === undefined) return
          touched.add(task.id)
          if (next.op === "delete") {
            yield* tasks.delete(userId, task.id, at(50))
            current.delete(task.id)
            return
          }
          const after = { ...changed(task, fieldsOf(next.shape)), updatedAt: fieldsOf(next.shape).updatedAt }
          yield* tasks.update(task, after)
          current.set(task.id, after)
        })
        const pages = yield* readAll(userId, selection, limit, () => Effect.andThen(write, write))
        const unmoved = all.filter((task) => !touched.has(task.id) && matches(selection, task))
        const seen = pages.flat().filter(({ id }) => !touched.has(id))
        expect(seen).toStrictEqual(unmoved.sort(comparator(selection)))
      }),
    { arbitrary: { runs: 25, size: 16, maxShrinks: 50 } },
  )
}
