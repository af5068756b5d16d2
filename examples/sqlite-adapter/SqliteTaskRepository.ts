/** An adapter for the port `TaskRepository` on `node:sqlite`. */
import { DatabaseSync } from "node:sqlite"
import { Effect, Layer } from "effect"
import { AccountRepository, CategoryRepository, TaskRepository } from "taskwright/application"
import { type Category, CategoryErrors, Task, TaskErrors, TaskPlace, TaskQuery } from "taskwright/domain"

const schema = `
  CREATE TABLE IF NOT EXISTS tasks (
    id TEXT PRIMARY KEY, user_id TEXT NOT NULL, version INTEGER NOT NULL, deleted_at TEXT, task TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS tasks_of_user ON tasks (user_id);`

const kept = "user_id = ? AND id = ? AND deleted_at IS NULL"
const deleted = "user_id = ? AND id = ? AND deleted_at IS NOT NULL"

/** How long a statement waits while another process writes to the file. */
const busyMillis = 5_000

type TaskId = Task.Task["id"]
type UserId = Task.Task["userId"]

/**
 * A stored task. It has the ids of its categories alone, because the category repository stores the categories. Those of
 * deleted categories stay, because a category can be restored.
 */
type Stored = Omit<Task.Task, "categories"> & { readonly categories: ReadonlyArray<Category.Category["id"]> }

type Row = Record<string, unknown>
type CategoryIds = Stored["categories"]

const idsOf = ({ categories }: Task.Task): CategoryIds => categories.map(({ id }) => id)
const textOf = (task: Task.Task, categories: CategoryIds): string =>
  JSON.stringify({ ...task, categories } satisfies Stored)
const storedOf = ({ task }: Row): Stored => JSON.parse(String(task))

/** Returns the task with its categories, as far as they are not deleted. */
const taskOf = (row: Row, owned: ReadonlyArray<Category.Category>): Task.Task => {
  const stored = storedOf(row)
  return { ...stored, categories: owned.filter(({ id }) => stored.categories.includes(id)) }
}

/** Returns the ids after a change. Those of deleted categories stay: `before` does not show them. */
const changedIds = (row: Row, before: Task.Task, after: Task.Task): CategoryIds => {
  const kept = storedOf(row).categories.filter((id) => !idsOf(before).includes(id))
  return [...new Set([...kept, ...idsOf(after)])]
}

/** Returns the first of the task's categories that is not among the others. */
const missingOf = ({ categories }: Task.Task, others: ReadonlyArray<Category.Category>) =>
  categories
    .filter(({ id }) => !others.some((other) => other.id === id))
    .map(({ id: categoryId }) => new CategoryErrors.CategoryNotFound({ categoryId }))[0]

/** Tasks in a SQLite file. Accounts and categories may be stored anywhere. */
export const layer = (path: string): Layer.Layer<TaskRepository, never, AccountRepository | CategoryRepository> =>
  Layer.effect(
    TaskRepository,
    Effect.gen(function* () {
      const accounts = yield* AccountRepository
      const categories = yield* CategoryRepository
      const database = yield* Effect.acquireRelease(
        Effect.sync(() => new DatabaseSync(path, { timeout: busyMillis })),
        (database) => Effect.sync(() => database.close()),
      )
      database.exec(schema)
      const add = database.prepare("INSERT INTO tasks VALUES (?, ?, ?, NULL, ?)")
      const find = database.prepare("SELECT * FROM tasks WHERE user_id = ? AND id = ? AND (deleted_at IS NOT NULL) = ?")
      const findAll = database.prepare("SELECT * FROM tasks WHERE user_id = ? AND deleted_at IS NULL")
      const findAny = database.prepare("SELECT id FROM tasks WHERE id = ? AND deleted_at IS NULL")
      const update = database.prepare(`UPDATE tasks SET version = ?, task = ? WHERE ${kept} AND version = ?`)
      const accepted = "EXISTS (SELECT 1 FROM json_each(?) WHERE value IN ('any', version))"
      const remove = database.prepare(`UPDATE tasks SET deleted_at = ? WHERE ${kept} AND ${accepted} RETURNING *`)
      const findTrash = database.prepare(`SELECT * FROM tasks WHERE user_id = ? AND deleted_at IS NOT NULL
        AND (? IS NULL OR (deleted_at, id) < (?, ?)) ORDER BY deleted_at DESC, id DESC LIMIT ?`)
      const purge = database.prepare(`DELETE FROM tasks WHERE ${deleted} RETURNING id`)
      const restore = database.prepare(`UPDATE tasks SET deleted_at = NULL, version = ?, task = ? WHERE ${deleted}`)

      const rowOf = (userId: UserId, taskId: TaskId, isDeleted: 0 | 1) =>
        Effect.suspend(() => {
          const row = find.get(userId, taskId, isDeleted)
          return row === undefined ? Effect.fail(new TaskErrors.TaskNotFound({ taskId })) : Effect.succeed(row)
        })

      const get = (userId: UserId, taskId: TaskId) =>
        Effect.zipWith(rowOf(userId, taskId, 0), categories.list(userId), taskOf)
      const allOf = (userId: UserId) =>
        Effect.map(categories.list(userId), (owned) => findAll.all(userId).map((row) => taskOf(row, owned)))
      const deletedOf = (row: Row, owned: ReadonlyArray<Category.Category>) => ({
        task: taskOf(row, owned),
        deletedAt: row["deleted_at"] as Task.DeletedTask["deletedAt"],
      })

      return TaskRepository.of({
        insert: (task) =>
          Effect.gen(function* () {
            yield* accounts.get(task.userId)
            const missing = missingOf(task, yield* categories.list(task.userId))
            if (missing !== undefined) return yield* missing
            add.run(task.id, task.userId, task.version, textOf(task, idsOf(task)))
          }),
        get,
        // SQLite takes part in no unit of work of another store; see docs/adapters.md.
        getForUpdate: get,
        getDeleted: (userId, taskId) => Effect.zipWith(rowOf(userId, taskId, 1), categories.list(userId), deletedOf),
        exists: (taskId) => Effect.sync(() => findAny.get(taskId) !== undefined),
        // The domain's own filter and order. A store for many thousand tasks a user would express them in SQL.
        list: (userId, query) =>
          Effect.map(allOf(userId), (tasks) => {
            const found = tasks.filter((task) => TaskQuery.matches(query, task)).sort(TaskQuery.comparator(query))
            const { limit, page } = query
            return { data: found.slice((page - 1) * limit, page * limit), total: found.length, page, limit }
          }),
        listAfter: (userId, selection, after, limit) =>
          Effect.map(allOf(userId), (tasks) => TaskPlace.pageAfter(selection, tasks, after, limit)),
        update: (before, after) =>
          Effect.gen(function* () {
            const owned = yield* categories.list(after.userId)
            const missing = missingOf(after, [...owned, ...before.categories])
            const row = yield* rowOf(after.userId, after.id, 0)
            const text = textOf(after, changedIds(row, before, after))
            // One statement compares and writes, so that of concurrent writers with one version exactly one wins.
            const write = () => update.run(after.version, text, after.userId, after.id, before.version).changes
            if (missing === undefined && write() === 1) return
            const current = taskOf(yield* rowOf(after.userId, after.id, 0), owned)
            const isStale = missing === undefined || current.version !== before.version
            return yield* isStale ? new Task.VersionConflict({ current }) : missing
          }),
        // To read a task costs little here.
        updateFields: () => Effect.succeed(null),
        delete: (userId, taskId, deletedAt, accepted = "any") =>
          Effect.gen(function* () {
            const row = remove.get(deletedAt, userId, taskId, JSON.stringify([accepted].flat()))
            if (row !== undefined) return deletedOf(row, yield* categories.list(userId))
            return yield* new Task.VersionConflict({ current: yield* get(userId, taskId) })
          }),
        restore: ({ task: { id: taskId } }, restored) =>
          Effect.gen(function* () {
            const text = textOf(restored, storedOf(yield* rowOf(restored.userId, taskId, 1)).categories)
            const { changes } = restore.run(restored.version, text, restored.userId, taskId)
            if (changes === 0) return yield* new TaskErrors.TaskNotFound({ taskId })
          }),
        listDeleted: (userId, after, limit) =>
          Effect.map(categories.list(userId), (owned) => {
            const place = [after?.deletedAt ?? null, after?.deletedAt ?? null, after?.taskId ?? null]
            return findTrash.all(userId, ...place, limit).map((row) => deletedOf(row, owned))
          }),
        // Without a history, there is no change to record and no value to blank.
        purge: (userId, taskIds) => Effect.sync(() => taskIds.filter((id) => purge.get(userId, id) !== undefined)),
      })
    }),
  )
