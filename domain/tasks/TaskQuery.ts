/** The query of a task list: its filters, sort orders and page. */
import { Schema } from "effect"
import type { CategoryId } from "../categories/CategoryId.ts"
import { compareCodePoints } from "../shared/CodePointOrder.ts"
import type { PageLimit, PageNumber } from "../shared/Page.ts"
import type { Timestamp } from "../shared/Timestamp.ts"
import type { Task } from "./Task.ts"
import { TaskPriority, type TaskStatus } from "./TaskFields.ts"

export const TaskSort = Schema.Literals(["created_at", "updated_at", "due_date", "priority"])
export type TaskSort = typeof TaskSort.Type

export const SortOrder = Schema.Literals(["asc", "desc"])
export type SortOrder = typeof SortOrder.Type

/** The order of a list that names none: the newest task comes first. */
export const defaultSort: TaskSort = "created_at"
export const defaultOrder: SortOrder = "desc"

/** Selects and orders a user's tasks for a list. An absent condition matches every task. */
export interface TaskQuery {
  readonly status?: TaskStatus | undefined
  readonly priority?: TaskPriority | undefined
  readonly categoryId?: CategoryId | undefined
  /** The earliest due date, inclusive. A task without a due date matches neither bound. */
  readonly dueFrom?: Timestamp | undefined
  /** The latest due date, inclusive. */
  readonly dueTo?: Timestamp | undefined
  readonly sort: TaskSort
  readonly order: SortOrder
  readonly page: PageNumber
  readonly limit: PageLimit
}

/** Whether the task matches every condition of the query. */
export const matches = (query: TaskQuery, task: Task): boolean =>
  (query.status === undefined || task.status === query.status) &&
  (query.priority === undefined || task.priority === query.priority) &&
  (query.categoryId === undefined || task.categories.some(({ id }) => id === query.categoryId)) &&
  (query.dueFrom === undefined || (task.dueDate !== null && task.dueDate >= query.dueFrom)) &&
  (query.dueTo === undefined || (task.dueDate !== null && task.dueDate <= query.dueTo))

const key: { readonly [S in TaskSort]: (task: Task) => string | number | null } = {
  created_at: (task) => task.createdAt,
  updated_at: (task) => task.updatedAt,
  due_date: (task) => task.dueDate,
  priority: (task) => TaskPriority.literals.indexOf(task.priority),
}

/**
 * Returns the list's total order. Ties are ordered by id in the same direction. A task without a due date comes last in
 * either direction.
 */
export const comparator = ({ sort, order }: Pick<TaskQuery, "sort" | "order">) => {
  const sign = order === "asc" ? 1 : -1
  const of = key[sort]
  return (one: Task, other: Task): number => {
    const a = of(one)
    const b = of(other)
    if (a !== b) {
      if (a === null) return 1
      if (b === null) return -1
      return a < b ? -sign : sign
    }
    return sign * compareCodePoints(one.id, other.id)
  }
}
