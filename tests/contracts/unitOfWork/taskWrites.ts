/** The writes of categories and tasks, and the removal of expired records. */
import { Effect } from "effect"
import { CategoryRepository } from "../../../application/categories/CategoryRepository.ts"
import { ExpiredRecords } from "../../../application/cleanup/ExpiredRecords.ts"
import { TaskRepository } from "../../../application/tasks/TaskRepository.ts"
import {
  CategoryName,
  change as changeCategory,
  restore as restoreCategory,
} from "../../../domain/categories/Category.ts"
import type { Timestamp } from "../../../domain/shared/Timestamp.ts"
import { nextVersion } from "../../../domain/shared/Version.ts"
import { restore, type Task } from "../../../domain/tasks/Task.ts"
import { TaskTitle } from "../../../domain/tasks/TaskFields.ts"
import { at, keepCategory, keepTask, keepUser, makeCategory, makeTask } from "../../support/entities.ts"
import type { Methods } from "./PreparedWrite.ts"

const retitled = (task: Task, title: string): Task => ({
  ...task,
  title: TaskTitle.make(title),
  version: nextVersion(task.version),
})

export const categoryRepository: Methods<CategoryRepository["Service"]> = {
  get: "read",
  exists: "read",
  list: "read",
  snapshot: "read",
  getDeleted: "read",
  insert: Effect.gen(function* () {
    const categories = yield* CategoryRepository
    const category = makeCategory(yield* keepUser)
    return { write: categories.insert(category), look: categories.list(category.userId) }
  }),
  update: Effect.gen(function* () {
    const categories = yield* CategoryRepository
    const category = yield* Effect.flatMap(keepUser, (userId) => keepCategory(userId))
    const after = changeCategory(category, { name: CategoryName.make("Renamed") }, at(1))
    return { write: categories.update(category, after), look: categories.list(category.userId) }
  }),
  restore: Effect.gen(function* () {
    const categories = yield* CategoryRepository
    const tasks = yield* TaskRepository
    const category = yield* Effect.flatMap(keepUser, (userId) => keepCategory(userId))
    const task = yield* keepTask(category.userId, { categories: [category] })
    const deleted = yield* categories.delete(category.userId, category.id, at(1))
    return {
      write: categories.restore(deleted, restoreCategory(deleted, at(2))),
      look: Effect.all([categories.list(category.userId), tasks.get(category.userId, task.id)]),
    }
  }),
  delete: Effect.gen(function* () {
    const categories = yield* CategoryRepository
    const tasks = yield* TaskRepository
    const { id, userId } = yield* Effect.flatMap(keepUser, (userId) => keepCategory(userId))
    const category = yield* categories.get(userId, id)
    const task = yield* keepTask(userId, { categories: [category] })
    return {
      write: categories.delete(userId, id, at(1)),
      look: Effect.all([categories.list(userId), tasks.get(userId, task.id)]),
    }
  }),
}

export const taskRepository: Methods<TaskRepository["Service"]> = {
  get: "read",
  getForUpdate: "read",
  getDeleted: "read",
  exists: "read",
  list: "read",
  listAfter: "read",
  listDeleted: "read",
  insert: Effect.gen(function* () {
    const tasks = yield* TaskRepository
    const userId = yield* keepUser
    const task = makeTask(userId, { categories: [yield* keepCategory(userId)] })
    return { write: tasks.insert(task), look: Effect.result(tasks.get(userId, task.id)) }
  }),
  update: Effect.gen(function* () {
    const tasks = yield* TaskRepository
    const userId = yield* keepUser
    const task = yield* keepTask(userId)
    const after = { ...retitled(task, "Changed"), categories: [yield* keepCategory(userId)] }
    return { write: tasks.update(task, after), look: tasks.get(userId, task.id) }
  }),
  updateFields: Effect.gen(function* () {
    const tasks = yield* TaskRepository
    const { id, title, userId, version } = yield* Effect.flatMap(keepUser, (user) => keepTask(user))
    const changes = { title: TaskTitle.make(`${title}, changed`) }
    return { write: tasks.updateFields(userId, id, version, changes, at(1)), look: tasks.get(userId, id) }
  }),
  delete: Effect.gen(function* () {
    const tasks = yield* TaskRepository
    const task = yield* keepTask(yield* keepUser)
    return {
      write: tasks.delete(task.userId, task.id, at(1)),
      look: Effect.all([tasks.exists(task.id), Effect.result(tasks.getDeleted(task.userId, task.id))]),
    }
  }),
  restore: Effect.gen(function* () {
    const tasks = yield* TaskRepository
    const { deleted, task } = yield* keepDeletedTask(at(0))
    return {
      write: tasks.restore(deleted, restore(deleted, at(2))),
      look: Effect.all([tasks.exists(task.id), Effect.result(tasks.getDeleted(task.userId, task.id))]),
    }
  }),
  purge: Effect.gen(function* () {
    const tasks = yield* TaskRepository
    const { task } = yield* keepDeletedTask(at(0))
    return {
      write: tasks.purge(task.userId, [task.id], at(1)),
      look: Effect.result(tasks.getDeleted(task.userId, task.id)),
    }
  }),
}

const keepDeletedTask = Effect.fnUntraced(function* (deletedAt: Timestamp) {
  const tasks = yield* TaskRepository
  const task = yield* keepTask(yield* keepUser)
  yield* tasks.delete(task.userId, task.id, deletedAt)
  return { task, deleted: yield* tasks.getDeleted(task.userId, task.id) }
})

export const expiredRecords: Methods<ExpiredRecords["Service"]> = {
  removeBatch: Effect.gen(function* () {
    const tasks = yield* TaskRepository
    const expired = yield* ExpiredRecords
    const { task } = yield* keepDeletedTask(at(-1000))
    const never = at(-1_000_000)
    const before = {
      sessionsAndTokens: never,
      sentEmails: never,
      deadLetters: never,
      deletedTasks: at(-999),
      changes: never,
      idempotencyRecords: never,
    }
    return {
      write: expired.removeBatch(before, 1000, at(0)),
      look: Effect.result(tasks.getDeleted(task.userId, task.id)),
    }
  }),
}
