/** An adapter for the port `TaskRepository` on `node:sqlite`. */
import { DatabaseSync } from "node:sqlite"
import { Effect, Layer } from "effect"
import { AccountRepository, CategoryRepository, TaskRepository } from "taskwright/application"
import { type Category, CategoryErrors, Task, TaskErrors, TaskQuery } from "taskwright/domain"

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

/** A stored task. It has the ids of its categories alone, because the category repository stores the categories. */
type Stored = Omit<Task.Task, "categories"> & { readonly categories: ReadonlyArray<Category.Category["id"]> }

const textOf = (task: Task.Task): string =>
  JSON.stringify({ ...task, categories: task.categories.map(({ id }) => id) } satisfies Stored)

/** Returns the task with its categories, as far as they still exist. A category deleted since is left out. */
const taskOf = ({ task }: Record<string, unknown>, owned: ReadonlyArray<Category.Category>): Task.Task => {
  const stored: Stored = JSON.parse(String(task))
  return { ...stored, categories: owned.filter(({ id }) => stored.categories.includes(id)) }
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
      const restore = database.prepare(`UPDATE tasks SET deleted_at = NULL, version = ?, task = ? WHERE ${deleted}`)

      const rowOf = (userId: UserId, taskId: TaskId, isDeleted: 0 | 1) =>
        Effect.suspend(() => {
          const row = find.get(userId, taskId, isDeleted)
          return row === undefined ? Effect.fail(new TaskErrors.TaskNotFound({ taskId })) : Effect.succeed(row)
        })

      const get = (userId: UserId, taskId: TaskId) =>
        Effect.zipWith(rowOf(userId, taskId, 0), categories.list(userId), taskOf)
      const deletedOf = (row: Record<string, unknown>, owned: ReadonlyArray<Category.Category>) => ({
        task: taskOf(row, owned),
        deletedAt: row["deleted_at"] as Task.DeletedTask["deletedAt"],
      })

      return TaskRepository.of({
        insert: (task) =>
          Effect.gen(function* () {
            yield* accounts.get(task.userId)
            const missing = missingOf(task, yield* categories.list(task.userId))
            if (missing !== undefined) return yield* missing
            add.run(task.id, task.userId, task.version, textOf(task))
          }),
        get,
        // SQLite takes part in no unit of work of another store; see docs/adapters.md.
        getForUpdate: get,
        getDeleted: (userId, taskId) => Effect.zipWith(rowOf(userId, taskId, 1), categories.list(userId), deletedOf),
        exists: (taskId) => Effect.sync(() => findAny.get(taskId) !== undefined),
        // The domain's own filter and order. A store for many thousand tasks a user would express them in SQL.
        list: (userId, query) =>
          Effect.map(categories.list(userId), (owned) => {
            const tasks = findAll.all(userId).map((row) => taskOf(row, owned))
            const found = tasks.filter((task) => TaskQuery.matches(query, task)).sort(TaskQuery.comparator(query))
            const { limit, page } = query
            return { data: found.slice((page - 1) * limit, page * limit), total: found.length, page, limit }
          }),
        update: (before, after) =>
          Effect.gen(function* () {
            const owned = yield* categories.list(after.userId)
            const missing = missingOf(after, [...owned, ...before.categories])
            // One statement compares and writes, so that of concurrent writers with one version exactly one wins.
            const write = () => update.run(after.version, textOf(after), after.userId, after.id, before.version).changes
            if (missing === undefined && write() === 1) return
            const current = taskOf(yield* rowOf(after.userId, after.id, 0), owned)
            const isStale = missing === undefined || current.version !== before.version
            return yield* isStale ? new Task.VersionConflict({ current }) : missing
          }),
        delete: (userId, taskId, deletedAt, accepted = "any") =>
          Effect.gen(function* () {
            const row = remove.get(deletedAt, userId, taskId, JSON.stringify([accepted].flat()))
            if (row !== undefined) return deletedOf(row, yield* categories.list(userId))
            return yield* new Task.VersionConflict({ current: yield* get(userId, taskId) })
          }),
        restore: ({ task: { id: taskId } }, restored) =>
          Effect.suspend(() =>
            restore.run(restored.version, textOf(restored), restored.userId, taskId).changes === 1
              ? Effect.void
              : Effect.fail(new TaskErrors.TaskNotFound({ taskId })),
          ),
      })
    }),
  )
