/** The tasks and lists of the properties of lists: few values, so that many tasks are equal in what a list sorts by. */
import { Schema } from "effect"
import type { Category } from "../../../domain/categories/Category.ts"
import { TaskPriority, TaskStatus } from "../../../domain/tasks/TaskFields.ts"
import { SortOrder, type TaskSelection, TaskSort } from "../../../domain/tasks/TaskQuery.ts"
import { at } from "../../support/entities.ts"

const moment = Schema.Literals([0, 1, 2, 3])

/** A task, with the numbers of its categories. */
export const taskShape = Schema.Struct({
  status: TaskStatus,
  priority: TaskPriority,
  createdAt: moment,
  updatedAt: moment,
  dueDate: Schema.NullOr(moment),
  categories: Schema.Array(Schema.Literals([0, 1])).check(Schema.isMaxLength(2)),
})
export type TaskShape = typeof taskShape.Type

export const listShape = Schema.Struct({
  status: Schema.UndefinedOr(TaskStatus),
  priority: Schema.UndefinedOr(TaskPriority),
  category: Schema.UndefinedOr(Schema.Literals([0, 1])),
  dueFrom: Schema.UndefinedOr(moment),
  dueTo: Schema.UndefinedOr(moment),
  sort: TaskSort,
  order: SortOrder,
})

export const fieldsOf = ({ createdAt, dueDate, priority, status, updatedAt }: TaskShape) => ({
  status,
  priority,
  createdAt: at(createdAt),
  updatedAt: at(10 + updatedAt),
  dueDate: dueDate === null ? null : at(100 + dueDate),
})

export const selectionOf = (list: typeof listShape.Type, categories: ReadonlyArray<Category>): TaskSelection => ({
  status: list.status && [list.status],
  priority: list.priority && [list.priority],
  categoryId: list.category === undefined ? undefined : categories[list.category]?.id,
  dueFrom: list.dueFrom === undefined ? undefined : at(100 + list.dueFrom),
  dueTo: list.dueTo === undefined ? undefined : at(100 + list.dueTo),
  sort: list.sort,
  order: list.order,
})
