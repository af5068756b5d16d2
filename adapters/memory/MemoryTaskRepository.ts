/** Implements `TaskRepository` on the memory store. */
import { Effect, HashMap, Layer, Option, Result } from "effect"
import { TaskRepository } from "../../application/tasks/TaskRepository.ts"
import { AccountNotFound } from "../../domain/accounts/AccountErrors.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import type { Category } from "../../domain/categories/Category.ts"
import { CategoryNotFound } from "../../domain/categories/CategoryErrors.ts"
import { accepts } from "../../domain/shared/Version.ts"
import { type DeletedTask, type Task, VersionConflict } from "../../domain/tasks/Task.ts"
import { TaskNotFound } from "../../domain/tasks/TaskErrors.ts"
import type { TaskId } from "../../domain/tasks/TaskId.ts"
import { comparator, matches } from "../../domain/tasks/TaskQuery.ts"
import { MemoryStore, rowsOf, type State, type TaskRow, type UserRows, withRows } from "./MemoryStore.ts"

const rowOf = (rows: UserRows | undefined, taskId: TaskId): TaskRow | undefined =>
  rows === undefined ? undefined : Option.getOrUndefined(HashMap.get(rows.tasks, taskId))

const withTask = (state: State, rows: UserRows, row: TaskRow): State =>
  withRows(state, row.task.userId, { ...rows, tasks: HashMap.set(rows.tasks, row.task.id, row) })

/**
 * Returns the categories of `after` as they are stored. A category that was deleted after the task was read is left out. If
 * an added category does not exist, this fails with `CategoryNotFound`.
 */
const storedCategories = (
  rows: UserRows,
  had: Task["categories"],
  after: Task,
): Result.Result<ReadonlyArray<Category>, CategoryNotFound> => {
  const stored: Array<Category> = []
  for (const { id } of after.categories) {
    const category = HashMap.get(rows.categories, id)
    if (Option.isSome(category)) stored.push(category.value)
    else if (!had.some((category) => category.id === id)) return Result.fail(new CategoryNotFound({ categoryId: id }))
  }
  return Result.succeed(stored)
}

/** Tasks in the memory store, by user. */
export const layer: Layer.Layer<TaskRepository, never, MemoryStore> = Layer.effect(
  TaskRepository,
  Effect.gen(function* () {
    const { modify, read, write } = yield* MemoryStore

    const get = (userId: UserId, taskId: TaskId) =>
      read((state) => {
        const row = rowOf(rowsOf(state, userId), taskId)
        return row === undefined || row.deletedAt !== null
          ? Effect.fail(new TaskNotFound({ taskId }))
          : Effect.succeed(row.task)
      })

    return TaskRepository.of({
      insert: (task) =>
        write((state): Result.Result<State, AccountNotFound | CategoryNotFound> => {
          const rows = rowsOf(state, task.userId)
          if (rows === undefined) return Result.fail(new AccountNotFound({ userId: task.userId }))
          if (HashMap.has(state.taskOwners, task.id)) throw new Error(`the id ${task.id} is not new`)
          return Result.map(storedCategories(rows, [], task), (categories) => ({
            ...withTask(state, rows, { task: { ...task, categories }, deletedAt: null }),
            taskOwners: HashMap.set(state.taskOwners, task.id, task.userId),
          }))
        }),
      get,
      // A unit of work excludes all other writes, so reading is enough.
      getForUpdate: get,
      getDeleted: (userId, taskId) =>
        read((state) => {
          const row = rowOf(rowsOf(state, userId), taskId)
          return row === undefined || row.deletedAt === null
            ? Effect.fail(new TaskNotFound({ taskId }))
            : Effect.succeed({ task: row.task, deletedAt: row.deletedAt })
        }),
      exists: (taskId) =>
        read((state) => {
          const userId = Option.getOrUndefined(HashMap.get(state.taskOwners, taskId))
          return Effect.succeed(userId !== undefined && rowOf(rowsOf(state, userId), taskId)?.deletedAt === null)
        }),
      list: (userId, query) =>
        read((state) => {
          const rows = rowsOf(state, userId)
          const found: Array<Task> = []
          if (rows !== undefined) {
            for (const { deletedAt, task } of HashMap.values(rows.tasks)) {
              if (deletedAt === null && matches(query, task)) found.push(task)
            }
          }
          const { limit, page } = query
          const skipped = (page - 1) * limit
          const data = skipped < found.length ? found.sort(comparator(query)).slice(skipped, skipped + limit) : []
          return Effect.succeed({ data, total: found.length, page, limit })
        }),
      update: (before, after) =>
        write((state): Result.Result<State, TaskNotFound | VersionConflict | CategoryNotFound> => {
          const rows = rowsOf(state, after.userId)
          const row = rowOf(rows, after.id)
          if (rows === undefined || row === undefined || row.deletedAt !== null) {
            return Result.fail(new TaskNotFound({ taskId: after.id }))
          }
          if (row.task.version !== before.version) return Result.fail(new VersionConflict({ current: row.task }))
          return Result.map(storedCategories(rows, before.categories, after), (categories) =>
            withTask(state, rows, { task: { ...after, categories }, deletedAt: null }),
          )
        }),
      delete: (userId, taskId, deletedAt, accepted = "any") =>
        modify((state): Result.Result<readonly [DeletedTask, State], TaskNotFound | VersionConflict> => {
          const rows = rowsOf(state, userId)
          const row = rowOf(rows, taskId)
          if (rows === undefined || row === undefined || row.deletedAt !== null) {
            return Result.fail(new TaskNotFound({ taskId }))
          }
          if (!accepts(accepted, row.task.version)) return Result.fail(new VersionConflict({ current: row.task }))
          const deleted = { task: row.task, deletedAt }
          return Result.succeed([deleted, withTask(state, rows, deleted)])
        }),
      restore: (deleted, restored) =>
        write((state) => {
          const rows = rowsOf(state, restored.userId)
          const row = rowOf(rows, deleted.task.id)
          if (rows === undefined || row === undefined || row.deletedAt === null) {
            return Result.fail(new TaskNotFound({ taskId: deleted.task.id }))
          }
          return Result.succeed(
            withTask(state, rows, { task: { ...restored, categories: row.task.categories }, deletedAt: null }),
          )
        }),
    })
  }),
)
