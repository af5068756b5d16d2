/** Builds the SQL of task lists from a `TaskQuery`. */
import type { UserId } from "../../domain/accounts/UserId.ts"
import type { SortOrder, TaskQuery, TaskSelection, TaskSort } from "../../domain/tasks/TaskQuery.ts"

export type Parameter = string | number

/** The text of a query with the values of its parameters. */
export interface QueryText {
  readonly text: string
  readonly parameters: ReadonlyArray<Parameter>
}

/**
 * Returns whether the list is filtered. The best plan of a filtered list depends on the values. A rare status is looked
 * up and sorted; a common one is read from the index of the order. The plan of an unfiltered list is the same for every
 * user.
 */
export const isFiltered = ({ status, priority, categoryId, dueFrom, dueTo }: TaskSelection): boolean =>
  [status, priority, categoryId, dueFrom, dueTo].some((value) => value !== undefined)

// Each pair but one is the order of an index, forwards or backwards, so that a page is read from it without sorting. By
// `updated_at` the user's tasks are sorted: an index of it would have to be written with every update of a task.
export const orders: { readonly [S in TaskSort]: { readonly [O in SortOrder]: string } } = {
  created_at: { asc: "created_at, id", desc: "created_at DESC, id DESC" },
  updated_at: { asc: "updated_at, id", desc: "updated_at DESC, id DESC" },
  due_date: { asc: "due_date, id", desc: "due_date DESC NULLS LAST, id DESC" },
  priority: { asc: "priority, id", desc: "priority DESC, id DESC" },
}

/**
 * Returns the conditions of the user's tasks that match the query. Omits conditions that every task meets instead of
 * making them true, so that the planner sees which index fits.
 */
export const conditionsOf = (userId: UserId, query: TaskSelection): QueryText => {
  const parameters: Array<Parameter> = [userId]
  const conditions = ["user_id = $1", "deleted_at IS NULL"]
  const next = (value: string) => `$${parameters.push(value)}`
  if (query.status !== undefined) conditions.push(`status = ${next(query.status)}`)
  if (query.priority !== undefined) {
    const priority = next(query.priority)
    // With `=` the order by priority would be one by id alone, and the index of all users' ids might be read for it.
    conditions.push(
      query.sort === "priority" ? `priority BETWEEN ${priority} AND ${priority}` : `priority = ${priority}`,
    )
  }
  if (query.dueFrom !== undefined || query.dueTo !== undefined) {
    conditions.push(`due_date BETWEEN ${next(query.dueFrom ?? "-infinity")} AND ${next(query.dueTo ?? "infinity")}`)
  }
  if (query.categoryId !== undefined) {
    const category = next(query.categoryId)
    conditions.push(
      `id IN (SELECT task_id FROM task_categories WHERE user_id = $1 AND category_id = ${category})`,
      `EXISTS (SELECT FROM categories WHERE user_id = $1 AND id = ${category} AND deleted_at IS NULL)`,
    )
  }
  return { text: conditions.join(" AND "), parameters }
}

/**
 * From this number of skipped tasks on, the ids of the page are selected before its tasks, as in a list that is sorted.
 * Otherwise PostgreSQL looks up the categories of every task that it skips, and sorts whole tasks in place of ids.
 * Nearer pages are read directly from the index of their order.
 */
const deepOffset = 1000

/** Selects the requested page, and in each of its rows the total of the whole list. */
export const selectPage = (columns: string, userId: UserId, query: TaskQuery, more = ""): QueryText => {
  const { text: conditions, parameters } = conditionsOf(userId, query)
  const order = orders[query.sort][query.order]
  const offset = (query.page - 1) * query.limit
  const selectsIdsFirst = query.sort === "updated_at" || offset >= deepOffset
  const cut = `WHERE ${conditions}
  ORDER BY ${order}
  LIMIT $${parameters.length + 1} OFFSET $${parameters.length + 2}`
  return {
    text: `SELECT ${columns}, (SELECT count(*)::int FROM tasks WHERE ${conditions}) AS total${more}
  FROM tasks ${
    selectsIdsFirst ? `WHERE user_id = $1 AND id = ANY (ARRAY(SELECT id FROM tasks ${cut})) ORDER BY ${order}` : cut
  }`,
    parameters: [...parameters, query.limit, offset],
  }
}

/** From this number of tasks on, a user's filtered lists are planned for their values. */
export const manyTasks = 1000

/** A column that says whether the user has more than `manyTasks` tasks, regardless of the filter. */
export const hasMany = `, (SELECT count(*) > ${manyTasks} FROM (
    SELECT FROM tasks WHERE user_id = $1 AND deleted_at IS NULL LIMIT ${manyTasks + 1}
  ) AS first_tasks) AS has_many`

/** Counts the whole list, because a page beyond its end has no row with the total. */
export const countAll = (userId: UserId, query: TaskQuery): QueryText => {
  const { text: conditions, parameters } = conditionsOf(userId, query)
  return { text: `SELECT count(*)::int AS total FROM tasks WHERE ${conditions}`, parameters }
}
