/** Destroys deleted tasks and categories for good, and the recorded values of their changes with them. */
import { HashMap } from "effect"
import type { UserId } from "../../domain/accounts/UserId.ts"
import type { CategoryId } from "../../domain/categories/CategoryId.ts"
import type { TaskId } from "../../domain/tasks/TaskId.ts"
import { blank } from "./MemoryChangeLog.ts"
import { changesBetween, type Written } from "./MemoryRecordedWrite.ts"
import { deletedCategory, deletedTask, stateOfCategory, stateOfTask } from "./MemoryRows.ts"
import { rowsOf, type State, type UserRows, withRows } from "./MemoryStore.ts"

const withoutValues = ({ changes }: UserRows, ids: ReadonlyArray<TaskId | CategoryId>): UserRows["changes"] =>
  ids.reduce(blank, changes)

/** Destroys those of the user's tasks that are deleted and among these, and returns their ids. */
export const purgeTasks = (
  state: State,
  userId: UserId,
  among: ReadonlyArray<TaskId>,
): Written<ReadonlyArray<TaskId>> => {
  const rows = rowsOf(state, userId)
  const purged = [...new Set(among)].flatMap((id) => deletedTask(rows, id) ?? [])
  if (rows === undefined || purged.length === 0) return { value: [], state, changes: [] }
  const ids = purged.map(({ task }) => task.id)
  return {
    value: ids,
    state: {
      ...withRows(state, userId, {
        ...rows,
        tasks: HashMap.removeMany(rows.tasks, ids),
        changes: withoutValues(rows, ids),
      }),
      taskOwners: HashMap.removeMany(state.taskOwners, ids),
    },
    changes: purged.flatMap((row) => changesBetween(stateOfTask(row), null)),
  }
}

/** Returns the user's tasks, deleted ones included, without these categories. */
const tasksWithout = ({ tasks }: UserRows, gone: ReadonlySet<CategoryId>): UserRows["tasks"] =>
  HashMap.reduce(tasks, tasks, (left, row, taskId) =>
    row.categoryIds.some((id) => gone.has(id))
      ? HashMap.set(left, taskId, { ...row, categoryIds: row.categoryIds.filter((id) => !gone.has(id)) })
      : left,
  )

/** As `purgeTasks`, for categories. Their assignments go with them. */
export const purgeCategories = (
  state: State,
  userId: UserId,
  among: ReadonlyArray<CategoryId>,
): Written<ReadonlyArray<CategoryId>> => {
  const rows = rowsOf(state, userId)
  const purged = [...new Set(among)].flatMap((id) => deletedCategory(rows, id) ?? [])
  if (rows === undefined || purged.length === 0) return { value: [], state, changes: [] }
  const ids = purged.map(({ category }) => category.id)
  return {
    value: ids,
    state: {
      ...withRows(state, userId, {
        ...rows,
        tasks: tasksWithout(rows, new Set(ids)),
        categories: HashMap.removeMany(rows.categories, ids),
        changes: withoutValues(rows, ids),
      }),
      categoryOwners: HashMap.removeMany(state.categoryOwners, ids),
    },
    changes: purged.flatMap((row) => changesBetween(stateOfCategory(row), null)),
  }
}
