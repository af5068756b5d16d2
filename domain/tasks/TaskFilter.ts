/** The filter of a task list as a tree of conditions, without words that depend on the time. */
import type { Category } from "../categories/Category.ts"
import type { Timestamp } from "../shared/Timestamp.ts"
import { fold, searchTextOf, titleEnd } from "./SearchText.ts"
import type { Task } from "./Task.ts"
import type { TaskPriority, TaskStatus } from "./TaskFields.ts"

/** The times of a task that a filter can name. */
export type TimeField = "due" | "created" | "updated"

/** The parts of a task in which a filter looks for text. */
export type TextField = "any" | "title" | "description"

/** A condition that every task meets or does not meet. The negation of a condition selects all other tasks. */
export type TaskFilter =
  /** Every one of the conditions; without any, every task. */
  | { readonly kind: "all"; readonly of: ReadonlyArray<TaskFilter> }
  /** At least one of the conditions; without any, no task. */
  | { readonly kind: "any"; readonly of: ReadonlyArray<TaskFilter> }
  | { readonly kind: "not"; readonly of: TaskFilter }
  | { readonly kind: "status"; readonly in: ReadonlyArray<TaskStatus> }
  | { readonly kind: "priority"; readonly in: ReadonlyArray<TaskPriority> }
  /** From the one to the other, inclusive; null is no limit. A task without the time does not meet it. */
  | { readonly kind: "time"; readonly field: TimeField; readonly from: Timestamp | null; readonly to: Timestamp | null }
  | { readonly kind: "noDueDate" }
  /** Has the category of this name, or of this id. The name is folded. */
  | { readonly kind: "category"; readonly named: string }
  | { readonly kind: "noCategory" }
  /** Contains the text, which is folded. */
  | { readonly kind: "text"; readonly in: TextField; readonly text: string }

export const never: TaskFilter = { kind: "any", of: [] }

/** Returns one filter for all of these. */
export const all = (of: ReadonlyArray<TaskFilter>): TaskFilter => joined("all", of)

/** Returns one filter for at least one of these. */
export const any = (of: ReadonlyArray<TaskFilter>): TaskFilter => joined("any", of)

const joined = (kind: "all" | "any", of: ReadonlyArray<TaskFilter>): TaskFilter => {
  const [first] = of
  return first !== undefined && of.length === 1 ? first : { kind, of }
}

export const not = (of: TaskFilter): TaskFilter => ({ kind: "not", of })

/** Whether the category has that folded name, or that id. */
export const isCategory = ({ id, name }: Pick<Category, "id" | "name">, named: string): boolean =>
  id === named || fold(name) === named

/** Whether the task meets the filter. */
export const matchesFilter = (filter: TaskFilter, task: Task): boolean => {
  let searchText: string | undefined
  // Folding costs more than every other condition, so a task is folded at most once.
  const textIn = (field: TextField): string => {
    searchText ??= searchTextOf(task)
    if (field === "any") return searchText
    const end = searchText.indexOf(titleEnd)
    return field === "title" ? searchText.slice(0, end) : searchText.slice(end + titleEnd.length)
  }
  const meets = (each: TaskFilter): boolean => {
    switch (each.kind) {
      case "all":
        return each.of.every(meets)
      case "any":
        return each.of.some(meets)
      case "not":
        return !meets(each.of)
      case "status":
        return each.in.includes(task.status)
      case "priority":
        return each.in.includes(task.priority)
      case "time":
        return isWithin(each, timeOf[each.field](task))
      case "noDueDate":
        return task.dueDate === null
      case "category":
        return task.categories.some((category) => isCategory(category, each.named))
      case "noCategory":
        return task.categories.length === 0
      case "text":
        return textIn(each.in).includes(each.text)
    }
  }
  return meets(filter)
}

const timeOf: { readonly [Field in TimeField]: (task: Task) => Timestamp | null } = {
  due: ({ dueDate }) => dueDate,
  created: ({ createdAt }) => createdAt,
  updated: ({ updatedAt }) => updatedAt,
}

const isWithin = (
  { from, to }: { readonly from: Timestamp | null; readonly to: Timestamp | null },
  time: Timestamp | null,
): boolean => time !== null && (from === null || time >= from) && (to === null || time <= to)

/** Returns how many conditions of that kind are anywhere in the filter. */
export const countKind = (filter: TaskFilter, kind: TaskFilter["kind"]): number => {
  const own = filter.kind === kind ? 1 : 0
  if (filter.kind === "not") return own + countKind(filter.of, kind)
  if (filter.kind !== "all" && filter.kind !== "any") return own
  return filter.of.reduce((count, each) => count + countKind(each, kind), own)
}

/** Whether a condition of that kind is anywhere in the filter. */
export const hasKind = (filter: TaskFilter, kind: TaskFilter["kind"]): boolean => countKind(filter, kind) > 0
