/** Builds the SQL of task lists from a `TaskQuery`. */
import type { UserId } from "../../domain/accounts/UserId.ts"
import { hasKind } from "../../domain/tasks/TaskFilter.ts"
import type { SortOrder, TaskQuery, TaskSelection, TaskSort } from "../../domain/tasks/TaskQuery.ts"
import { isUnfilled } from "./SearchColumns.ts"
import { keptCount } from "./TaskCount.ts"
import { type CategoriesNamed, compileFilter } from "./TaskFilterSql.ts"

export type Parameter = string | number | ReadonlyArray<string>

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
export const isFiltered = ({ status, priority, categoryId, dueFrom, dueTo, where }: TaskSelection): boolean =>
  [status, priority, categoryId, dueFrom, dueTo, where].some((value) => value !== undefined)

// Each pair but one is the order of an index, forwards or backwards, so that a page is read from it without sorting. By
// `updated_at` the user's tasks are sorted: an index of it would have to be written with every update of a task.
export const orders: { readonly [S in TaskSort]: { readonly [O in SortOrder]: string } } = {
  created_at: { asc: "created_at, id", desc: "created_at DESC, id DESC" },
  updated_at: { asc: "updated_at, id", desc: "updated_at DESC, id DESC" },
  due_date: { asc: "due_date, id", desc: "due_date DESC NULLS LAST, id DESC" },
  priority: { asc: "priority, id", desc: "priority DESC, id DESC" },
}

/** No filter names a category. */
export const noCategories: CategoriesNamed = () => []

/** Returns the conditions of a value, or of several. */
const oneOf = (
  column: string,
  values: ReadonlyArray<string>,
  next: (value: Parameter) => string,
  equals = (value: string) => `${column} = ${value}`,
): string => {
  const [first] = values
  return first !== undefined && values.length === 1
    ? equals(next(first))
    : `${column} = ANY (${next(values)}::task_${column}[])`
}

/**
 * Returns the conditions of the user's tasks that match the query. Omits conditions that every task meets instead of
 * making them true, so that the planner sees which index fits.
 */
export const conditionsOf = (userId: UserId, query: TaskSelection, categories = noCategories): QueryText => {
  const parameters: Array<Parameter> = [userId]
  const conditions = ["user_id = $1", "deleted_at IS NULL"]
  const next = (value: Parameter) => `$${parameters.push(value)}`
  if (query.status !== undefined) conditions.push(oneOf("status", query.status, next))
  if (query.priority !== undefined) {
    // With `=` the order by priority would be one by id alone, and the index of all users' ids might be read for it.
    const between = (priority: string) => `priority BETWEEN ${priority} AND ${priority}`
    conditions.push(oneOf("priority", query.priority, next, query.sort === "priority" ? between : undefined))
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
  if (query.where !== undefined) conditions.push(...compileFilter(query.where, next, categories))
  return { text: conditions.join(" AND "), parameters }
}

/** Whether the list looks into the texts of tasks, and so may meet rows that lack their search text. */
export const isSearch = ({ where }: TaskSelection): boolean => where !== undefined && hasKind(where, "text")

/**
 * Whether the ids of the page are selected before its tasks: in a list that is sorted, and from the second page on. Otherwise
 * PostgreSQL looks up the categories of every task that it skips, and sorts whole tasks in place of ids. The first page is
 * read directly from the index of its order.
 */
const selectsIdsFirst = ({ page, sort }: TaskQuery): boolean => sort === "updated_at" || page > 1

/**
 * The number of the user's tasks in the category `$2`: its assignments without those of tasks in the trash. A join of both
 * tables takes six times as long. Without statistics it is planned as a loop over all pairs.
 */
const totalOfCategory = `(CASE WHEN EXISTS (
    SELECT FROM categories WHERE user_id = $1 AND id = $2 AND deleted_at IS NULL
  ) THEN (
    SELECT count(*)::int FROM task_categories WHERE user_id = $1 AND category_id = $2
  ) - (
    SELECT count(*)::int FROM tasks WHERE user_id = $1 AND deleted_at IS NOT NULL
      AND (SELECT true FROM task_categories WHERE user_id = $1 AND category_id = $2 AND task_id = tasks.id)
  ) ELSE 0 END)`

const totalOf = (query: TaskQuery, conditions: string): string => {
  const { categoryId, dueFrom, dueTo, priority, status, where } = query
  if (!isFiltered(query)) return keptCount
  const others = [status, priority, dueFrom, dueTo, where]
  return categoryId !== undefined && others.every((value) => value === undefined)
    ? totalOfCategory
    : `(SELECT count(*)::int FROM tasks WHERE ${conditions})`
}

/** The number of the user's newest change. */
const latest = "(SELECT seq::float8 FROM change_heads WHERE user_id = $1)"

/**
 * Selects the requested page, and in each of its rows the total of the whole list and the number of the newest change. The total of a list without filters is null if
 * the number of the user's tasks is not known.
 */
export const selectPage = (
  columns: string,
  userId: UserId,
  query: TaskQuery,
  more = "",
  categories = noCategories,
): QueryText => {
  if (isSearch(query)) return selectFoundPage(columns, userId, query, categories)
  const { text: conditions, parameters } = conditionsOf(userId, query, categories)
  const order = orders[query.sort][query.order]
  const offset = (query.page - 1) * query.limit
  const total = totalOf(query, conditions)
  const cut = `WHERE ${conditions}
  ORDER BY ${order}
  LIMIT $${parameters.length + 1} OFFSET $${parameters.length + 2}`
  return {
    text: `SELECT ${columns}, ${total} AS total, ${latest} AS latest${more}
  FROM tasks ${
    selectsIdsFirst(query)
      ? `WHERE user_id = $1 AND id = ANY (ARRAY(SELECT id FROM tasks ${cut})) ORDER BY ${order}`
      : cut
  }`,
    parameters: [...parameters, query.limit, offset],
  }
}

/**
 * Selects the page of a search. It looks at every task once, for the page and the total together: looking into a text takes
 * longer than sorting what is found. Each row says whether any of the found ones lacks its search text.
 */
const selectFoundPage = (columns: string, userId: UserId, query: TaskQuery, categories: CategoriesNamed): QueryText => {
  const { text: conditions, parameters } = conditionsOf(userId, query, categories)
  const order = orders[query.sort][query.order]
  return {
    text: `WITH found AS MATERIALIZED (
    SELECT id, ${query.sort}, ${isUnfilled} AS is_unfilled FROM tasks WHERE ${conditions}
  )
  SELECT ${columns}, (SELECT count(*)::int FROM found) AS total, (SELECT bool_or(is_unfilled) FROM found) AS is_unfilled,
    ${latest} AS latest
  FROM tasks WHERE user_id = $1 AND id = ANY (ARRAY(
    SELECT id FROM found ORDER BY ${order} LIMIT $${parameters.length + 1} OFFSET $${parameters.length + 2}
  )) ORDER BY ${order}`,
    parameters: [...parameters, query.limit, (query.page - 1) * query.limit],
  }
}

/** From this number of tasks on, a user's filtered lists are planned for their values. */
export const manyTasks = 1000

/** A column that says whether the user has more than `manyTasks` tasks, regardless of the filter. */
export const hasMany = `, coalesce(${keptCount}, (SELECT count(*) FROM (
    SELECT FROM tasks WHERE user_id = $1 AND deleted_at IS NULL LIMIT ${manyTasks + 1}
  ) AS first_tasks)) > ${manyTasks} AS has_many`

/** Counts a whole list with filters, because a page beyond its end has no row with the total. */
export const countAll = (userId: UserId, query: TaskQuery, categories = noCategories): QueryText => {
  const { text: conditions, parameters } = conditionsOf(userId, query, categories)
  return {
    text: isSearch(query)
      ? `SELECT count(*)::int AS total, bool_or(${isUnfilled}) AS is_unfilled FROM tasks WHERE ${conditions}`
      : `SELECT ${totalOf(query, conditions)} AS total`,
    parameters,
  }
}
