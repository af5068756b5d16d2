/** Builds the SQL of pages of task lists that begin after a place. */
import type { UserId } from "../../domain/accounts/UserId.ts"
import type { TaskPlace } from "../../domain/tasks/TaskPlace.ts"
import type { SortOrder, TaskSelection, TaskSort } from "../../domain/tasks/TaskQuery.ts"
import { endsOfUser } from "./ChangeStatements.ts"
import {
  conditionsOf,
  isSearch,
  noCategories,
  orders,
  type Parameter,
  type QueryText,
} from "./PostgresTaskListQuery.ts"
import { isUnfilled } from "./SearchColumns.ts"

const comparisons: { readonly [O in SortOrder]: string } = { asc: ">", desc: "<" }

/** The column of each sort, and its type. */
const keys: { readonly [S in TaskSort]: { readonly column: string; readonly type: string } } = {
  created_at: { column: "created_at", type: "timestamptz" },
  updated_at: { column: "updated_at", type: "timestamptz" },
  due_date: { column: "due_date", type: "timestamptz" },
  priority: { column: "priority", type: "task_priority" },
}

/**
 * Returns the condition of the tasks after a place. A row comparison is one range of the index of the order, so the page
 * is read from its first task on. It is never true for a null, so tasks without a due date have a range of their own.
 *
 * A subquery keeps the place from the planner. It knows how the times and ids of all users are distributed, and not
 * those of one user. By them it would take few tasks to be left, and sort them, or read those of other users by id.
 */
const conditionAfter = (
  { order, sort }: TaskSelection,
  { id, key }: TaskPlace,
  next: (value: Parameter) => string,
): string => {
  const { column, type } = keys[sort]
  const compares = comparisons[order]
  const hidden = (value: Parameter, type: string) => `(SELECT ${next(value)}::${type})`
  return key === null
    ? `${column} IS NULL AND id ${compares} ${hidden(id, "uuid")}`
    : `(${column}, id) ${compares} (${hidden(key, type)}, ${hidden(id, "uuid")})`
}

/**
 * Selects the first `count` tasks of the list, in their order. Each row has both ends of the user's history, and there is
 * at least one row for an account. `more` is the text of columns that do not depend on the task.
 */
export const selectFirst = (
  columns: string,
  userId: UserId,
  selection: TaskSelection,
  count: number,
  more = "",
  categories = noCategories,
): QueryText => {
  const { parameters, text } = selectAfter(columns, userId, selection, null, count, more, categories)
  return {
    text: `WITH ends AS MATERIALIZED (${endsOfUser})
  SELECT ends.*, page.* FROM ends LEFT JOIN (${text}) AS page ON true
  ORDER BY ${orders[selection.sort][selection.order]}`,
    parameters,
  }
}

/**
 * Selects the first `count` tasks after a place, or those of the whole list, in their order. `more` is the text of columns
 * that do not depend on the task. Each row of a search says whether it lacks its search text.
 */
export const selectAfter = (
  taskColumns: string,
  userId: UserId,
  selection: TaskSelection,
  after: TaskPlace | null,
  count: number,
  more = "",
  categories = noCategories,
): QueryText => {
  const { text: conditions, parameters } = conditionsOf(userId, selection, categories)
  const columns = isSearch(selection) ? `${taskColumns}, ${isUnfilled} AS is_unfilled` : taskColumns
  const values = [...parameters]
  const next = (value: Parameter) => `$${values.push(value)}`
  const order = orders[selection.sort][selection.order]
  const isAfter = after === null ? "" : ` AND ${conditionAfter(selection, after, next)}`
  const limit = next(count)
  const cut = `WHERE ${conditions}${isAfter} ORDER BY ${order} LIMIT ${limit}`
  // By `updated_at` the rest of the list is sorted: its ids alone, and not whole tasks with their categories.
  if (selection.sort === "updated_at") {
    return {
      text: `SELECT ${columns}${more}
  FROM tasks WHERE user_id = $1 AND id = ANY (ARRAY(SELECT id FROM tasks ${cut})) ORDER BY ${order}`,
      parameters: values,
    }
  }
  if (!isFollowedByNull(selection, after)) {
    return { text: `SELECT ${columns}${more} FROM tasks ${cut}`, parameters: values }
  }
  // The tasks without a due date come behind the others, so as many are read as those leave room for.
  return {
    text: `WITH due AS MATERIALIZED (
    SELECT ${columns} FROM tasks ${cut}
  )
  SELECT page.*${more} FROM (
    SELECT * FROM due
    UNION ALL (
      SELECT ${columns} FROM tasks WHERE ${conditions} AND due_date IS NULL
      ORDER BY ${order} LIMIT ${limit} - (SELECT count(*) FROM due)
    )
  ) AS page ORDER BY ${order}`,
    parameters: values,
  }
}

/** Whether tasks without a due date can come after the place, outside the range of those with one. */
const isFollowedByNull = ({ dueFrom, dueTo, sort }: TaskSelection, after: TaskPlace | null): boolean =>
  sort === "due_date" && after !== null && after.key !== null && dueFrom === undefined && dueTo === undefined
