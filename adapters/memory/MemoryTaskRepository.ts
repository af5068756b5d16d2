/** Implements `TaskRepository` on the memory store. */
import { Effect, HashMap, Layer, Option, Result } from "effect"
import { TaskRepository } from "../../application/tasks/TaskRepository.ts"
import { AccountNotFound } from "../../domain/accounts/AccountErrors.ts"
import type { UserId } from "../../domain/accounts/UserId.ts"
import { CategoryNotFound } from "../../domain/categories/CategoryErrors.ts"
import type { CategoryId } from "../../domain/categories/CategoryId.ts"
import { compareCodePoints } from "../../domain/shared/CodePointOrder.ts"
import { accepts } from "../../domain/shared/Version.ts"
import { change, type DeletedTask, type Task, VersionConflict } from "../../domain/tasks/Task.ts"
import { TaskNotFound } from "../../domain/tasks/TaskErrors.ts"
import type { TaskId } from "../../domain/tasks/TaskId.ts"
import { pageAfter } from "../../domain/tasks/TaskPlace.ts"
import { comparator, matches } from "../../domain/tasks/TaskQuery.ts"
import type { TrashPlace } from "../../domain/tasks/TrashCursor.ts"
import * as MemoryChangeLog from "./MemoryChangeLog.ts"
import { purgeTasks } from "./MemoryPurge.ts"
import { changesBetween, recordedWrites, type Written } from "./MemoryRecordedWrite.ts"
import { deletedTask, livingCategory, livingTask, stateOfTask, toStored, toTask, trash } from "./MemoryRows.ts"
import { MemoryStore, rowsOf, type State, type TaskRow, type UserRows, withRows } from "./MemoryStore.ts"

const withTask = (state: State, rows: UserRows, row: TaskRow): State =>
  withRows(state, row.task.userId, { ...rows, tasks: HashMap.set(rows.tasks, row.task.id, row) })

/** Replaces the row of a task, and records what differs. */
const replaced = <A>(state: State, rows: UserRows, before: TaskRow, after: TaskRow, value: A): Written<A> => ({
  value,
  state: withTask(state, rows, after),
  changes: changesBetween(stateOfTask(before), stateOfTask(after)),
})

const idsOf = ({ categories }: Task): ReadonlyArray<CategoryId> => categories.map(({ id }) => id)

/** Iterates over the user's tasks that are not deleted, in no order. */
function* livingTasks(rows: UserRows | undefined): Generator<Task> {
  if (rows === undefined) return
  for (const row of HashMap.values(rows.tasks)) if (row.deletedAt === null) yield toTask(rows, row)
}

/**
 * Returns the assignments after a change from `before` to `after`. Those that `before` does not show stay. If an added
 * category does not exist, this fails with `CategoryNotFound`.
 */
const assignments = (
  rows: UserRows,
  assigned: ReadonlyArray<CategoryId>,
  before: ReadonlyArray<CategoryId>,
  after: ReadonlyArray<CategoryId>,
): Result.Result<ReadonlyArray<CategoryId>, CategoryNotFound> => {
  const added = after.filter((id) => !before.includes(id))
  const missing = added.find((id) => livingCategory(rows, id) === undefined)
  if (missing !== undefined) return Result.fail(new CategoryNotFound({ categoryId: missing }))
  const removed = new Set(before.filter((id) => !after.includes(id)))
  return Result.succeed([...new Set([...assigned.filter((id) => !removed.has(id)), ...added])])
}

/** Sorts the last deleted first, and the highest id first among equals. */
const byDeletion = (one: TrashPlace, other: TrashPlace): number =>
  compareCodePoints(other.deletedAt, one.deletedAt) || compareCodePoints(other.taskId, one.taskId)

/** Tasks in the memory store, by user. */
export const layer: Layer.Layer<TaskRepository, never, MemoryStore> = Layer.effect(
  TaskRepository,
  Effect.gen(function* () {
    const store = yield* MemoryStore
    const { read } = store
    const write = recordedWrites(store)

    const get = (userId: UserId, taskId: TaskId) =>
      read((state) => {
        const rows = rowsOf(state, userId)
        const row = livingTask(rows, taskId)
        return rows === undefined || row === undefined
          ? Effect.fail(new TaskNotFound({ taskId }))
          : Effect.succeed(toTask(rows, row))
      })

    return TaskRepository.of({
      insert: (task) =>
        write(
          task.userId,
          task.updatedAt,
          (state): Result.Result<Written<void>, AccountNotFound | CategoryNotFound> => {
            const rows = rowsOf(state, task.userId)
            if (rows === undefined) return Result.fail(new AccountNotFound({ userId: task.userId }))
            if (HashMap.has(state.taskOwners, task.id)) throw new Error(`the id ${task.id} is not new`)
            return Result.map(assignments(rows, [], [], idsOf(task)), (categoryIds) => {
              const row = { task: toStored(task), categoryIds, deletedAt: null }
              return {
                value: undefined,
                state: {
                  ...withTask(state, rows, row),
                  taskOwners: HashMap.set(state.taskOwners, task.id, task.userId),
                },
                changes: changesBetween(null, stateOfTask(row)),
              }
            })
          },
        ),
      get,
      // A unit of work excludes all other writes, so reading is enough.
      getForUpdate: get,
      getDeleted: (userId, taskId) =>
        read((state) => {
          const rows = rowsOf(state, userId)
          const row = deletedTask(rows, taskId)
          return rows === undefined || row === undefined
            ? Effect.fail(new TaskNotFound({ taskId }))
            : Effect.succeed({ task: toTask(rows, row), deletedAt: row.deletedAt })
        }),
      exists: (taskId) =>
        read((state) => {
          const userId = Option.getOrUndefined(HashMap.get(state.taskOwners, taskId))
          return Effect.succeed(userId !== undefined && livingTask(rowsOf(state, userId), taskId) !== undefined)
        }),
      list: (userId, query) =>
        read((state) => {
          const found: Array<Task> = []
          const rows = rowsOf(state, userId)
          for (const task of livingTasks(rows)) if (matches(query, task)) found.push(task)
          const { limit, page } = query
          const skipped = (page - 1) * limit
          const data = skipped < found.length ? found.sort(comparator(query)).slice(skipped, skipped + limit) : []
          const latest = rows && MemoryChangeLog.latest(rows.changes).seq
          return Effect.succeed({ data, total: found.length, page, limit, latest })
        }),
      listAfter: (userId, selection, after, limit) =>
        read((state) => {
          const rows = rowsOf(state, userId)
          const page = pageAfter(selection, livingTasks(rows), after, limit)
          const isFirst = after === null && rows !== undefined
          return Effect.succeed(isFirst ? { ...page, latest: MemoryChangeLog.latest(rows.changes) } : page)
        }),
      update: (before, after) =>
        write(
          after.userId,
          after.updatedAt,
          (state): Result.Result<Written<void>, TaskNotFound | VersionConflict | CategoryNotFound> => {
            const rows = rowsOf(state, after.userId)
            const row = livingTask(rows, after.id)
            if (rows === undefined || row === undefined) return Result.fail(new TaskNotFound({ taskId: after.id }))
            if (row.task.version !== before.version) {
              return Result.fail(new VersionConflict({ current: toTask(rows, row) }))
            }
            return Result.map(assignments(rows, row.categoryIds, idsOf(before), idsOf(after)), (categoryIds) =>
              replaced(state, rows, row, { task: toStored(after), categoryIds, deletedAt: null }, undefined),
            )
          },
        ),
      updateFields: (userId, taskId, version, changes, at) =>
        write(userId, at, (state): Result.Result<Written<Task | null>> => {
          const rows = rowsOf(state, userId)
          const row = livingTask(rows, taskId)
          const unchanged = { value: null, state, changes: [] }
          if (rows === undefined || row?.task.version !== version) return Result.succeed(unchanged)
          const before = toTask(rows, row)
          const after = Result.getOrElse(change(before, changes, at), () => before)
          return Result.succeed(
            after === before ? unchanged : replaced(state, rows, row, { ...row, task: toStored(after) }, after),
          )
        }),
      delete: (userId, taskId, deletedAt, accepted = "any") =>
        write(userId, deletedAt, (state): Result.Result<Written<DeletedTask>, TaskNotFound | VersionConflict> => {
          const rows = rowsOf(state, userId)
          const row = livingTask(rows, taskId)
          if (rows === undefined || row === undefined) return Result.fail(new TaskNotFound({ taskId }))
          const task = toTask(rows, row)
          if (!accepts(accepted, task.version)) return Result.fail(new VersionConflict({ current: task }))
          return Result.succeed(replaced(state, rows, row, { ...row, deletedAt }, { task, deletedAt }))
        }),
      restore: (deleted, restored) =>
        write(restored.userId, restored.updatedAt, (state): Result.Result<Written<void>, TaskNotFound> => {
          const rows = rowsOf(state, restored.userId)
          const row = deletedTask(rows, deleted.task.id)
          if (rows === undefined || row === undefined) {
            return Result.fail(new TaskNotFound({ taskId: deleted.task.id }))
          }
          const after = { ...row, task: toStored(restored), deletedAt: null }
          return Result.succeed(replaced(state, rows, row, after, undefined))
        }),
      listDeleted: (userId, after, limit) =>
        read((state) => {
          const rows = rowsOf(state, userId)
          if (rows === undefined) return Effect.succeed([])
          const found = trash(rows)
            .map((row) => ({ row, place: { deletedAt: row.deletedAt, taskId: row.task.id } }))
            .filter(({ place }) => after === null || byDeletion(after, place) < 0)
            .sort((one, other) => byDeletion(one.place, other.place))
            .slice(0, limit)
          return Effect.succeed(found.map(({ row }) => ({ task: toTask(rows, row), deletedAt: row.deletedAt })))
        }),
      purge: (userId, taskIds, at) => write(userId, at, (state) => Result.succeed(purgeTasks(state, userId, taskIds))),
    })
  }),
)
