/** The contract suite of the `TaskRepository` port, which every adapter of it runs. */
import { expect, layer } from "@effect/vitest"
import { Effect, Exit, type Layer } from "effect"
import { TaskRepository } from "../../application/tasks/TaskRepository.ts"
import { restore } from "../../domain/tasks/Task.ts"
import { TaskDescription, TaskTitle } from "../../domain/tasks/TaskFields.ts"
import { at, keepTask, keepUser, limit, makeQuery, makeTask, newUserId, page } from "../support/entities.ts"
import { categories } from "./taskRepository/categories.ts"
import { changes } from "./taskRepository/changes.ts"
import { cursorPageProperties } from "./taskRepository/cursorPageProperties.ts"
import { cursorPages } from "./taskRepository/cursorPages.ts"
import { deletion } from "./taskRepository/deletion.ts"
import { fieldUpdates } from "./taskRepository/fieldUpdates.ts"
import { filters } from "./taskRepository/filters.ts"
import { changed, expectedPage, full, pageOf, type Stores } from "./taskRepository/fixtures.ts"
import { lists } from "./taskRepository/lists.ts"
import { trash } from "./taskRepository/trash.ts"

/** Registers the tests of every promise that a `TaskRepository` makes. */
export const suite = (name: string, repositories: Layer.Layer<Stores, unknown>) =>
  layer(repositories, { excludeTestServices: true })(`TaskRepository: ${name}`, (it) => {
    it.effect("gives back every field of a task", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepository
        const userId = yield* keepUser
        const task = makeTask(userId, full)
        const plain = makeTask(userId, { description: null, dueDate: null })
        const empty = makeTask(userId, {
          description: TaskDescription.make(""),
          title: TaskTitle.make("🌻".repeat(200)),
        })
        for (const each of [task, plain, empty]) {
          yield* tasks.insert(each)
          expect(yield* tasks.get(userId, each.id)).toStrictEqual(each)
          expect(yield* tasks.getForUpdate(userId, each.id)).toStrictEqual(each)
          expect(yield* tasks.exists(each.id)).toBe(true)
        }
        const listed = yield* pageOf(userId, makeQuery())
        expect(listed).toStrictEqual(expectedPage([task, plain, empty], makeQuery()))
      }),
    )

    it.effect("finds nothing under unknown ids", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepository
        const userId = yield* keepUser
        const task = makeTask(userId)
        const deleted = { task, deletedAt: at(1) }
        const attempts = [
          tasks.get(userId, task.id),
          tasks.getForUpdate(userId, task.id),
          tasks.getDeleted(userId, task.id),
          tasks.update(task, changed(task)),
          tasks.delete(userId, task.id, at(1)),
          tasks.restore(deleted, restore(deleted, at(2))),
        ]
        for (const attempt of attempts) {
          const error = yield* Effect.flip<unknown, { readonly _tag: string; readonly taskId?: string }, never>(attempt)
          expect(error._tag).toBe("TaskNotFound")
          expect(error.taskId).toBe(task.id)
        }
        expect(yield* tasks.exists(task.id)).toBe(false)
        expect(yield* pageOf(userId, makeQuery())).toStrictEqual({
          data: [],
          total: 0,
          page: page(1),
          limit: limit(20),
        })
      }),
    )

    it.effect("dies if an id is inserted twice", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepository
        const task = yield* keepTask(yield* keepUser)
        expect(Exit.hasDies(yield* Effect.exit(tasks.insert(makeTask(task.userId, { ...full, id: task.id }))))).toBe(
          true,
        )
        expect(yield* tasks.get(task.userId, task.id)).toStrictEqual(task)
      }),
    )

    it.effect("inserts no task for a user without an account", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepository
        const task = makeTask(newUserId())
        const refusal = yield* Effect.flip(tasks.insert(task))
        expect(refusal._tag).toBe("AccountNotFound")
        if (refusal._tag === "AccountNotFound") expect(refusal.userId).toBe(task.userId)
        expect(yield* tasks.exists(task.id)).toBe(false)
      }),
    )

    it.effect("hides a user's tasks from every other user", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepository
        const [owner, other] = [yield* keepUser, yield* keepUser]
        const task = yield* keepTask(owner)
        const gone = yield* keepTask(owner)
        yield* tasks.delete(owner, gone.id, at(1))
        const deleted = yield* tasks.getDeleted(owner, gone.id)
        const stolen = { ...task, userId: other }
        const stolenDeleted = { ...deleted, task: { ...deleted.task, userId: other } }
        const attempts = [
          tasks.get(other, task.id),
          tasks.getForUpdate(other, task.id),
          tasks.getDeleted(other, gone.id),
          tasks.update(stolen, changed(stolen)),
          tasks.delete(other, task.id, at(2)),
          tasks.restore(stolenDeleted, restore(stolenDeleted, at(2))),
        ]
        for (const attempt of attempts) {
          const error = yield* Effect.flip<unknown, { readonly _tag: string }, never>(attempt)
          expect(error._tag).toBe("TaskNotFound")
        }
        const mine = yield* keepTask(other)
        expect(yield* pageOf(other, makeQuery())).toStrictEqual(expectedPage([mine], makeQuery()))
        expect(yield* pageOf(owner, makeQuery())).toStrictEqual(expectedPage([task], makeQuery()))
        expect(yield* tasks.getDeleted(owner, gone.id)).toStrictEqual(deleted)
        expect(yield* tasks.exists(task.id)).toBe(true)
      }),
    )

    changes(it)
    fieldUpdates(it)
    deletion(it)
    trash(it)
    categories(it)
    lists(it)
    filters(it)
    cursorPages(it)
    cursorPageProperties(it)
  })
