/** Reads tasks and categories from the rows of one user, and replaces categories there. */
import { HashMap, Option } from "effect"
import { byName, type Category } from "../../domain/categories/Category.ts"
import type { CategoryId } from "../../domain/categories/CategoryId.ts"
import { categoryState, type EntityState, taskState } from "../../domain/changes/EntityState.ts"
import type { Timestamp } from "../../domain/shared/Timestamp.ts"
import type { Task } from "../../domain/tasks/Task.ts"
import type { TaskId } from "../../domain/tasks/TaskId.ts"
import type { CategoryRow, TaskRow, UserRows } from "./MemoryStore.ts"

/** A row that is not deleted. */
export type Living<Row> = Row & { readonly deletedAt: null }
/** A row that is deleted. */
export type Deleted<Row> = Row & { readonly deletedAt: Timestamp }

interface Deletable {
  readonly deletedAt: Timestamp | null
}

const isLiving = <Row extends Deletable>(row: Row): row is Living<Row> => row.deletedAt === null
const isDeleted = <Row extends Deletable>(row: Row): row is Deleted<Row> => row.deletedAt !== null

const find = <Id, Row>(rows: HashMap.HashMap<Id, Row> | undefined, id: Id): Row | undefined =>
  rows === undefined ? undefined : Option.getOrUndefined(HashMap.get(rows, id))

export const taskRow = (rows: UserRows | undefined, taskId: TaskId): TaskRow | undefined => find(rows?.tasks, taskId)

export const livingTask = (rows: UserRows | undefined, taskId: TaskId): Living<TaskRow> | undefined => {
  const row = taskRow(rows, taskId)
  return row !== undefined && isLiving(row) ? row : undefined
}

export const deletedTask = (rows: UserRows | undefined, taskId: TaskId): Deleted<TaskRow> | undefined => {
  const row = taskRow(rows, taskId)
  return row !== undefined && isDeleted(row) ? row : undefined
}

/** Returns all deleted tasks of the user. */
export const trash = (rows: UserRows): ReadonlyArray<Deleted<TaskRow>> => HashMap.toValues(rows.tasks).filter(isDeleted)

export const categoryRow = (rows: UserRows | undefined, categoryId: CategoryId): CategoryRow | undefined =>
  find(rows?.categories, categoryId)

export const livingCategory = (rows: UserRows | undefined, categoryId: CategoryId): Living<CategoryRow> | undefined => {
  const row = categoryRow(rows, categoryId)
  return row !== undefined && isLiving(row) ? row : undefined
}

export const deletedCategory = (
  rows: UserRows | undefined,
  categoryId: CategoryId,
): Deleted<CategoryRow> | undefined => {
  const row = categoryRow(rows, categoryId)
  return row !== undefined && isDeleted(row) ? row : undefined
}

const noCategories: Task["categories"] = []

/** Returns the task with those of its categories that are not deleted. */
export const toTask = (rows: UserRows, { categoryIds, task }: TaskRow): Task => {
  if (categoryIds.length === 0) return { ...task, categories: noCategories }
  const categories: Array<Category> = []
  for (const id of categoryIds) {
    const row = livingCategory(rows, id)
    if (row !== undefined) categories.push(row.category)
  }
  return { ...task, categories: categories.sort(byName) }
}

/** Returns the part of a task that its row stores. */
export const toStored = ({ categories: _, ...task }: Task): TaskRow["task"] => task

export const stateOfTask = ({ categoryIds, deletedAt, task }: TaskRow): EntityState<"task"> =>
  taskState(task, categoryIds, deletedAt !== null)

export const stateOfCategory = ({ category, deletedAt }: CategoryRow): EntityState<"category"> =>
  categoryState(category, deletedAt !== null)

/** Returns the rows with this row of a category in the place of `before`. */
export const withCategory = (rows: UserRows, before: CategoryRow | null, after: CategoryRow): UserRows => {
  const { category, deletedAt } = after
  const names =
    before === null || before.deletedAt !== null
      ? rows.categoryNames
      : HashMap.remove(rows.categoryNames, before.category.name)
  return {
    ...rows,
    categories: HashMap.set(rows.categories, category.id, after),
    categoryNames: deletedAt === null ? HashMap.set(names, category.name, category.id) : names,
  }
}

/** Whether another category of the user, which is not deleted, has the name. */
export const isNameTaken = (rows: UserRows, { id, name }: Pick<Category, "id" | "name">): boolean =>
  Option.exists(HashMap.get(rows.categoryNames, name), (owner) => owner !== id)
