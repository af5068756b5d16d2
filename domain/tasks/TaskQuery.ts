/** The query of a task list: its filters, sort orders and page. */
import { Schema } from "effect"
import type { CategoryId } from "../categories/CategoryId.ts"
import { compareCodePoints } from "../shared/CodePointOrder.ts"
import type { PageLimit, PageNumber } from "../shared/Page.ts"
import type { Timestamp } from "../shared/Timestamp.ts"
import type { Task } from "./Task.ts"
import { TaskPriority, type TaskStatus } from "./TaskFields.ts"
import { matchesFilter, type TaskFilter } from "./TaskFilter.ts"
import type { TaskId } from "./TaskId.ts"

export const TaskSort = Schema.Literals(["created_at", "updated_at", "due_date", "priority"])
export type TaskSort = typeof TaskSort.Type

export const SortOrder = Schema.Literals(["asc", "desc"])
export type SortOrder = typeof SortOrder.Type

/** The order of a list that names none: the newest task comes first. */
export const defaultSort: TaskSort = "created_at"
export const defaultOrder: SortOrder = "desc"

/** Selects and orders a user's tasks. An absent condition matches every task. */
export interface TaskSelection {
  /** One of these; at least one is named. */
  readonly status?: ReadonlyArray<TaskStatus> | undefined
  /** One of these; at least one is named. */
  readonly priority?: ReadonlyArray<TaskPriority> | undefined
  readonly categoryId?: CategoryId | undefined
  /** The earliest due date, inclusive. A task without a due date matches neither bound. */
  readonly dueFrom?: Timestamp | undefined
  /** The latest due date, inclusive. */
  readonly dueTo?: Timestamp | undefined
  readonly where?: TaskFilter | undefined
  readonly sort: TaskSort
  readonly order: SortOrder
}

/** Selects a page of a list by its number. */
export interface TaskQuery extends TaskSelection {
  readonly page: PageNumber
  readonly limit: PageLimit
}

/** Whether the task matches every condition of the selection. */
export const matches = (selection: TaskSelection, task: Task): boolean =>
  (selection.status === undefined || selection.status.includes(task.status)) &&
  (selection.priority === undefined || selection.priority.includes(task.priority)) &&
  (selection.categoryId === undefined || task.categories.some(({ id }) => id === selection.categoryId)) &&
  (selection.dueFrom === undefined || (task.dueDate !== null && task.dueDate >= selection.dueFrom)) &&
  (selection.dueTo === undefined || (task.dueDate !== null && task.dueDate <= selection.dueTo)) &&
  (selection.where === undefined || matchesFilter(selection.where, task))

/** A task's value in a sort. Only a due date can be null. */
export type SortKey = Timestamp | TaskPriority | null

/** Returns the task's value in a sort. */
export const sortKeyOf: { readonly [S in TaskSort]: (task: Task) => SortKey } = {
  created_at: (task) => task.createdAt,
  updated_at: (task) => task.updatedAt,
  due_date: (task) => task.dueDate,
  priority: (task) => task.priority,
}

const priorities: ReadonlyArray<SortKey> = TaskPriority.literals

/** Times rank as their text does, and priorities by urgency, not by their letters. */
const rankOf = (sort: TaskSort) =>
  sort === "priority" ? (key: SortKey) => priorities.indexOf(key) : (key: Exclude<SortKey, null>) => key

/** Returns the list's total order, in terms of keys and ids. A null key comes last in either direction. */
export const compareKeys = ({ order, sort }: Pick<TaskSelection, "sort" | "order">) => {
  const sign = order === "asc" ? 1 : -1
  const rank = rankOf(sort)
  return (one: SortKey, oneId: TaskId, other: SortKey, otherId: TaskId): number => {
    if (one === other) return sign * compareCodePoints(oneId, otherId)
    if (one === null) return 1
    if (other === null) return -1
    return rank(one) < rank(other) ? -sign : sign
  }
}

/**
 * Returns the list's total order. Ties are ordered by id in the same direction. A task without a due date comes last in
 * either direction.
 */
export const comparator = (list: Pick<TaskSelection, "sort" | "order">) => {
  const keyOf = sortKeyOf[list.sort]
  const compare = compareKeys(list)
  return (one: Task, other: Task): number => compare(keyOf(one), one.id, keyOf(other), other.id)
}
