/** Every kind of write of tasks and categories, for the suite of `IdempotencyRecords`. */
import { Effect } from "effect"
import { CategoryRepository } from "../../../application/categories/CategoryRepository.ts"
import { ChangeRepository } from "../../../application/changes/ChangeRepository.ts"
import type { Repositories } from "../../../application/Ports.ts"
import { UnitOfWork } from "../../../application/shared/UnitOfWork.ts"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import type { UserId } from "../../../domain/accounts/UserId.ts"
import {
  CategoryName,
  change as changeCategory,
  restore as restoreCategory,
} from "../../../domain/categories/Category.ts"
import { restore } from "../../../domain/tasks/Task.ts"
import { TaskTitle } from "../../../domain/tasks/TaskFields.ts"
import { at, keepCategory, keepTask, makeCategory, makeTask, newChangeId } from "../../support/entities.ts"
import { changed } from "../taskRepository/fixtures.ts"

export type Write = Effect.Effect<unknown, unknown, Repositories>

/** Prepares one write of every kind, by its name. Each needs a user of its own. */
export const everyWrite: Readonly<Record<string, (userId: UserId) => Effect.Effect<Write, unknown, Repositories>>> = {
  "a new task": (userId) => Effect.map(TaskRepository, (tasks) => tasks.insert(makeTask(userId))),
  "a new task with categories": (userId) =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      return tasks.insert(makeTask(userId, { categories: [yield* keepCategory(userId)] }))
    }),
  "an update of a task": (userId) =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const task = yield* keepTask(userId)
      return tasks.update(task, changed(task, { priority: "high" }))
    }),
  "an assignment": (userId) =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const task = yield* keepTask(userId)
      return tasks.update(task, changed(task, { categories: [yield* keepCategory(userId)] }))
    }),
  "a deletion of a task": (userId) =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      return tasks.delete(userId, (yield* keepTask(userId)).id, at(1))
    }),
  "a deletion of a task at a version": (userId) =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const { id, version } = yield* keepTask(userId)
      return tasks.delete(userId, id, at(1), version)
    }),
  "a restoration of a task": (userId) =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const deleted = yield* tasks.delete(userId, (yield* keepTask(userId)).id, at(1))
      return tasks.restore(deleted, restore(deleted, at(2)))
    }),
  "a destruction of tasks": (userId) =>
    Effect.gen(function* () {
      const tasks = yield* TaskRepository
      const ids = [(yield* keepTask(userId)).id, (yield* keepTask(userId)).id]
      for (const id of ids) yield* tasks.delete(userId, id, at(1))
      return tasks.purge(userId, ids, at(2))
    }),
  "a new category": (userId) => Effect.map(CategoryRepository, (categories) => categories.insert(makeCategory(userId))),
  "an update of a category": (userId) =>
    Effect.gen(function* () {
      const categories = yield* CategoryRepository
      const category = yield* keepCategory(userId)
      return categories.update(category, changeCategory(category, { name: CategoryName.make("Renamed") }, at(1)))
    }),
  "a deletion of a category": (userId) =>
    Effect.gen(function* () {
      const categories = yield* CategoryRepository
      return categories.delete(userId, (yield* keepCategory(userId)).id, at(1))
    }),
  "a restoration of a category": (userId) =>
    Effect.gen(function* () {
      const categories = yield* CategoryRepository
      const deleted = yield* categories.delete(userId, (yield* keepCategory(userId)).id, at(1))
      return categories.restore(deleted, restoreCategory(deleted, at(2)))
    }),
  "a step of an undo": (userId) =>
    Effect.gen(function* () {
      const changes = yield* ChangeRepository
      const { atomically } = yield* UnitOfWork
      const { id: entityId } = yield* keepTask(userId)
      const patch = { title: TaskTitle.make("Put back") }
      const step = { entity: "task", entityId, undoes: newChangeId(), op: "updated", patch } as const
      return atomically(Effect.andThen(changes.lock(userId), changes.carryOut(userId, [step], at(1))))
    }),
}
